// The rows of passages: each stored once, by the digest of all that is stored of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/database.h"
#include "store/store.h"

namespace plumb {

class PassageWriter {
 public:
  static Result<PassageWriter> make(Database&);

  // The row of a dataset's passage; inserted where there is none.
  Result<std::int64_t> id_of(const Passage&, std::string_view dataset);
  // Of a passage that a service showed: it belongs to no dataset and to no family.
  Result<std::int64_t> id_of_service(Passage);

 private:
  PassageWriter(Database&, Statement find, Statement insert);

  Database* database_;
  Statement find_, insert_;
};

class PassageReader {
 public:
  static Result<PassageReader> make(Database&);

  // `json` is an array as in cells.passages: row ids, and names where there is no row. In its order; what is only
  // a name becomes a passage with that id and nothing else. An error if a row is missing.
  Result<std::vector<Passage>> read(const std::string& json);

 private:
  explicit PassageReader(Statement select) : select_(std::move(select)) {}

  Statement select_;
};

// Names of datasets' passages by row id.
using PassageNames = std::unordered_map<std::int64_t, std::string>;
Result<PassageNames> read_passage_names(Database&);
// The names in such an array, in its order.
Result<std::vector<std::string>> read_passage_list(const std::string& json, const PassageNames&);

}  // namespace plumb
