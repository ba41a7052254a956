#include "faults/rig.h"

#include <stdlib.h>

#include <filesystem>

#include "base/clock.h"
#include "engine/plan.h"
#include "engine/transports.h"
#include "store/database.h"
#include "support/fake_parts.h"

namespace plumb::test {

namespace {

// A folder of its own, gone with everything in it at the end.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "plumb-faults-XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::filesystem::path path_;
};

// The writer as the engine's sink, and an ear for accounts that were stopped.
class Ear final : public Sink {
 public:
  Ear(Writer& writer, std::vector<std::string>& stopped) : writer_(writer), stopped_(stopped) {}
  Status answered(const Cell& cell, const AnswerRecord& record) override { return writer_.answered(cell, record); }
  Status finished(const Cell& cell, const std::vector<Score>& scores, const OutcomeOf& outcome) override {
    return writer_.finished(cell, scores, outcome);
  }
  void account_stopped(const std::string& why) override { stopped_.push_back(why); }

 private:
  Writer& writer_;
  std::vector<std::string>& stopped_;
};

std::string base_url_of(Place place, const FaultyVendor& vendor, int port, const std::string& fault) {
  const std::string path = "/" + fault + "/v1";
  switch (place) {
    case Place::vendor:
      return vendor.url(path);
    case Place::closed_port:
    case Place::full_port:
      return "http://127.0.0.1:" + std::to_string(port) + path;
    case Place::no_host:
      return "http://no..such..host" + path;  // refused before anybody is asked for it
    case Place::https:
    case Place::dead_handshake:
      return "https://127.0.0.1:" + std::to_string(vendor.port()) + path;
  }
  return "";
}

EvalSpec spec_of(const Plan& plan, const std::string& base_url, const FaultyVendor& vendor) {
  EvalSpec spec = fake_spec(plan.questions, {plan.judged ? "panel" : "plain"});
  std::erase_if(spec.models, [](const Model& model) { return model.name == "m2"; });
  for (Model& model : spec.models) {
    const bool faulty = plan.judged == (model.name == "judge");
    model.base_url = faulty ? base_url : vendor.url("/ok/v1");
    model.provider = faulty ? plan.provider : "openai";
    model.stream = faulty && plan.stream;
    model.price = Price{.input_usd = 1.0, .output_usd = 2.0};
  }
  spec.prompts[0].models = {"m1"};
  seal(spec.prompts[0]);
  expand(spec);
  spec.limits.in_flight_max = plan.in_flight_max;
  spec.limits.request_timeout = std::chrono::milliseconds(plan.timeout_ms);
  spec.limits.resend = plan.resend;
  return spec;
}

Status read_attempts(const std::filesystem::path& path, std::vector<AttemptSeen>& attempts) {
  auto database = TRY(Database::open(path, Database::Access::read));
  Statement rows = TRY(
      database->prepare("SELECT purpose, state, coalesce(http_status, 0), coalesce(body, ''), coalesce(error, '') "
                        "FROM attempts LEFT JOIN replies ON replies.attempt_id = attempts.id ORDER BY attempts.id"));
  while (TRY(rows.step())) {
    AttemptSeen& seen = attempts.emplace_back();
    seen.purpose = static_cast<int>(rows.integer(0));
    if (const auto state = rows.maybe_integer(1)) seen.state = static_cast<int>(*state);
    seen.status = static_cast<int>(rows.integer(2));
    seen.body = rows.text(3);
    seen.error = rows.text(4);
  }
  return Done{};
}

Status run_into(const Plan& plan, const std::filesystem::path& path, Seen& seen) {
  std::optional<std::string> blurt;
  if (plan.place == Place::dead_handshake) blurt = "";
  if (plan.place == Place::https) blurt = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
  FaultyVendor vendor([](const Asked& asked) { return misbehave(asked); }, blurt);
  const ClosedPort closed;
  const FullPort full;
  const int port = plan.place == Place::full_port ? full.port() : closed.port();
  const EvalSpec spec = spec_of(plan, base_url_of(plan.place, vendor, port, plan.fault), vendor);

  {
    auto writer = TRY(Writer::open(path, spec, wall_clock()));
    TransportOptions options;
    if (plan.place == Place::full_port) options.http.connect_timeout = std::chrono::milliseconds(300);
    const auto transport = TRY(make_transport(options));
    EngineOptions parts = fake_options();
    parts.ledger = writer.get();
    Ear ear(*writer, seen.stopped);
    auto engine = TRY(Engine::make(spec, *transport, ear, parts));
    seen.complete = TRY(engine->run(tasks_of(make_plan(spec, {}))));
    TRY(writer->close());
  }
  seen.planned = static_cast<int>(spec.questions.size());
  seen.items = vendor.items();
  seen.vendor = vendor.total();
  seen.sockets = vendor.sockets();
  seen.bytes_sent = vendor.bytes_sent();
  const auto store = TRY(Store::open(path));
  const RunInfo run = TRY(store->find_run("last"));
  seen.cells = TRY(store->cells(run.id, true));
  seen.spending = TRY(store->spending(run.id));
  return read_attempts(path, seen.attempts);
}

}  // namespace

Seen run_against(const Plan& plan) {
  const Scratch scratch;
  Seen seen;
  if (const Status done = run_into(plan, scratch.path_ / "plumb.db", seen); !done) seen.trouble = done.error().message;
  return seen;
}

}  // namespace plumb::test
