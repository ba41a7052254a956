// The book of batches as rows of the database.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "domain/batch_book.h"

namespace plumb {

// For the run of this name, whose Writer is open: the database is brought up to date, and nobody else writes. It has
// a connection of its own, because what it is told must be durable at once; it is closed before the Writer, which
// otherwise cannot fold the log back. For one thread.
Result<std::unique_ptr<BatchBook>> open_batch_book(const std::filesystem::path&, std::string_view run);

}  // namespace plumb
