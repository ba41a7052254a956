#include "store/passage_rows.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/json.h"

namespace plumb {
namespace {

std::optional<std::string> to_text(const std::optional<Day>& day) {
  if (!day) return std::nullopt;
  return to_string(*day);
}

Error missing(std::int64_t id) {
  return {fmt::format("the database holds no passage {}; it was damaged, or changed by hand", id)};
}

}  // namespace

Result<PassageWriter> PassageWriter::make(Database& database) {
  Statement find = TRY(database.prepare("SELECT id FROM passages WHERE digest = ?"));
  Statement insert = TRY(database.prepare(
      "INSERT INTO passages (digest, dataset, name, title, text, kind, family, source, grade, as_of, distractor,"
      " text_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"));
  return PassageWriter(database, std::move(find), std::move(insert));
}

PassageWriter::PassageWriter(Database& database, Statement find, Statement insert)
    : database_(&database), find_(std::move(find)), insert_(std::move(insert)) {}

Result<std::int64_t> PassageWriter::id_of(const Passage& passage, std::string_view dataset) {
  const std::optional<std::string> as_of = to_text(passage.as_of);
  Digester digester;
  digester.add(dataset).add(passage.id).add(passage.title).add(passage.text).add(passage.kind).add(passage.group);
  digester.add(passage.source).add(to_string(passage.grade)).add(as_of.value_or("")).add(passage.distractor);
  const std::string digest = digester.hex();
  if (const auto id = TRY(find_.run_for_integer(digest))) return *id;
  TRY(insert_.run(digest, dataset, passage.id, passage.title, passage.text, passage.kind, passage.group, passage.source,
                  to_string(passage.grade), as_of, passage.distractor, passage.digest));
  return database_->last_row_id();
}

Result<std::int64_t> PassageWriter::id_of_service(Passage passage) {
  // The columns hold text that any tool can read; what a service sends need not be.
  for (std::string* text : {&passage.id, &passage.title, &passage.text, &passage.kind, &passage.source}) {
    *text = repair_utf8(*text);
  }
  passage.group.clear();
  seal(passage);
  return id_of(passage, "");
}

Result<PassageReader> PassageReader::make(Database& database) {
  return PassageReader(
      TRY(database.prepare("SELECT dataset, name, title, text, kind, family, source, grade, as_of, distractor,"
                           " text_digest FROM passages WHERE id = ?")));
}

Result<std::vector<Passage>> PassageReader::read(const std::string& json) {
  std::vector<Passage> passages;
  const Json parsed = TRY(parse_json(json));
  for (const Json& each : parsed) {
    Passage passage;
    if (each.is_string()) {
      passage.id = each.get<std::string>();
      passages.push_back(std::move(passage));
      continue;
    }
    const std::int64_t id = each.is_number_integer() ? each.get<std::int64_t>() : 0;
    if (!TRY(select_.bind(id).step())) return missing(id);
    passage.dataset = select_.text(0);
    passage.id = select_.text(1);
    passage.title = select_.text(2);
    passage.text = select_.text(3);
    passage.kind = select_.text(4);
    passage.group = select_.text(5);
    passage.source = select_.text(6);
    passage.grade = grade_of(select_.text(7)).value_or(Grade::none);
    passage.as_of = parse_day(select_.text(8));
    passage.distractor = select_.integer(9) != 0;
    passage.digest = select_.text(10);
    passages.push_back(std::move(passage));
    select_.reset();
  }
  return passages;
}

Result<PassageNames> read_passage_names(Database& database) {
  // Services may have shown as many as there are answers; those are named nowhere by row.
  Statement select = TRY(database.prepare("SELECT id, name FROM passages WHERE dataset <> ''"));
  PassageNames names;
  while (TRY(select.step())) names[select.integer(0)] = select.text(1);
  return names;
}

Result<std::vector<std::string>> read_passage_list(const std::string& json, const PassageNames& names) {
  std::vector<std::string> list;
  if (json == "[]") return list;
  const Json parsed = TRY(parse_json(json));
  for (const Json& each : parsed) {
    if (each.is_string()) {
      list.push_back(each.get<std::string>());
    } else if (each.is_number_integer()) {
      const auto found = names.find(each.get<std::int64_t>());
      if (found == names.end()) return missing(each.get<std::int64_t>());
      list.push_back(found->second);
    }
  }
  return list;
}

}  // namespace plumb
