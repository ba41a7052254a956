// The board for machines. docs/leaderboard-json.md documents the shape; tests/report/ checks it.
#include "base/json.h"

#include "report/reporter.h"

namespace plumb {

namespace {

Json rate_json(const Rate& rate) {
  Json json;
  json["value"] = rate.value ? Json(*rate.value) : Json(nullptr);
  json["low"] = rate.low;
  json["high"] = rate.high;
  json["n"] = rate.n;
  json["unscored"] = rate.unscored;
  json["errors"] = rate.errors;
  json["worst_case"] = rate.worst_case;
  return json;
}

Json row_json(const BoardRow& row) {
  Json json;
  json["rank"] = row.rank > 0 ? Json(row.rank) : Json(nullptr);
  json["system"] = row.system.name;
  json["member"] = row.system.member;
  json["model"] = row.system.model;
  json["prompt"] = row.system.prompt;
  json["retrieval"] = row.system.retrieval;
  json["control"] = row.system.control;
  json["n"] = row.hallucination_rate.n;
  json["hallucination_rate"] = rate_json(row.hallucination_rate);
  json["correct"] = rate_json(row.correct);
  json["answer_rate"] = rate_json(row.answer_rate);
  json["abstention"] = {{"right", rate_json(row.abstention_right)}, {"over_refusal", rate_json(row.over_refusal)}};
  json["groundedness"] = row.groundedness ? Json(*row.groundedness) : Json(nullptr);
  json["kinds"] = Json::object();
  for (const auto& [kind, count] : row.kinds) json["kinds"][to_string(kind)] = count;
  json["by_type"] = Json::object();
  for (const auto& [type, rate] : row.by_type) json["by_type"][to_string(type)] = rate_json(rate);
  json["by_dataset"] = Json::object();
  for (const auto& [dataset, rate] : row.by_dataset) json["by_dataset"][dataset] = rate_json(rate);
  json["cells"] = {{"planned", row.cells_planned}, {"finished", row.cells},
                   {"errors", row.errors},         {"unscorable", row.unscorable},
                   {"expired", row.expired},       {"perhaps_paid_twice", row.paid_twice},
                   {"cached", row.cached},         {"cost_unknown", row.cost_unknown}};
  json["cost_usd"] = row.cost_usd ? Json(*row.cost_usd) : Json(nullptr);
  json["latency_ms_median"] = row.latency_ms_median;
  json["tokens"] = {{"in", row.tokens_in}, {"out", row.tokens_out}};
  return json;
}

class JsonReporter final : public Reporter {
 public:
  std::string render(const Report& report, const Look&) const override {
    Json json;
    json["evaluation"] = report.title;
    json["run"] = report.run;
    json["week"] = report.week;
    json["started_at"] = report.started_at;
    json["datasets"] = report.datasets;
    json["questions"] = report.board.questions;
    json["expired"] = report.board.expired;
    json["trials"] = report.trials;
    json["rows"] = Json::array();
    for (const BoardRow& row : report.board.rows) json["rows"].push_back(row_json(row));
    json["planted_errors"] = Json::array();
    for (const MutantRecall& recall : report.board.recall) {
      json["planted_errors"].push_back({{"kind", recall.kind}, {"planted", recall.planted}, {"caught", recall.caught}});
    }
    json["notes"] = report.notes;
    return dump_json(json, 2) + "\n";
  }
};

}  // namespace

const Reporter& reporter_json() {
  static const JsonReporter instance;
  return instance;
}

}  // namespace plumb
