#include "config/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"

namespace plumb {

std::string to_string(const Diagnostic& diagnostic) {
  std::string place = diagnostic.file;
  if (diagnostic.line > 0) place += fmt::format(":{}", diagnostic.line);
  if (diagnostic.line > 0 && diagnostic.column > 0) place += fmt::format(":{}", diagnostic.column);
  const char* severity = diagnostic.severity == Diagnostic::Severity::error ? "error" : "warning";
  // Messages quote what stands in the file, which may hold escape sequences.
  return printable(fmt::format("{}: {}: {}", place, severity, diagnostic.message));
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(diagnostics,
                             [](const Diagnostic& d) { return d.severity == Diagnostic::Severity::error; });
}

void sort_diagnostics(std::vector<Diagnostic>& diagnostics) {
  std::map<std::string, int> rank;
  for (const Diagnostic& d : diagnostics) rank.emplace(d.file, static_cast<int>(rank.size()));
  const auto key = [&](const Diagnostic& d) { return std::tuple(rank[d.file], d.line, d.column); };
  std::ranges::stable_sort(diagnostics, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

void FileReport::error(Place place, std::string message) {
  ++errors_;
  out_->push_back({Diagnostic::Severity::error, file_, place.line, place.column, std::move(message)});
}

void FileReport::warning(Place place, std::string message) {
  out_->push_back({Diagnostic::Severity::warning, file_, place.line, place.column, std::move(message)});
}

}  // namespace plumb
