// Articles of statutes: 제6조의3 제1항, 6조의3①, 7조 2항.
#pragma once

#include <optional>
#include <string>

#include "language/runes.h"

namespace plumb {

struct FoundArticle {
  std::string canonical;  // "6조의3 1항"
  std::size_t end = 0;
};

// The article that begins at `at`: on 제 or on a digit. A figure with 조 alone is one (7조); money is told
// apart by what follows (3조원, 3조 5천억).
std::optional<FoundArticle> read_article(const Runes&, std::size_t at);

}  // namespace plumb
