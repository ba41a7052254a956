// The tables: how they are made, brought up to date, and refused when they are not ours.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/database.h"

namespace plumb {

// Brings a database of the version before it to `version`.
struct Migration {
  int version;  // 1, 2, 3 … without gaps
  const char* sql;
};

// All there are, in order; the first makes the tables of an empty database.
std::span<const Migration> migrations();

// An error unless the file is empty, or a database of plumb's whose version is at most `version_max`.
Status check_is_ours(Database&, int version_max);
// As above, and not empty.
Status check_is_readable(Database&);
// Of a version before the last of migrations().
Result<bool> is_older(Database&);

// Brings the database to the last of these versions, in one transaction. Notes `harness_version` as the one
// that wrote last.
Status migrate(Database&, std::span<const Migration>, std::string_view harness_version);

}  // namespace plumb
