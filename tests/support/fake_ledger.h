// A ledger in memory, durable in virtual time: as long after the handing over as the test says, in group commits as
// a database makes them. It can fail, and it can crash: then what was not durable is gone.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "domain/ledger.h"
#include "support/fake_transport.h"

namespace plumb::test {

class FakeLedger final : public Ledger {
 public:
  FakeLedger(FakeTransport& world, std::chrono::milliseconds commit) : world_(world), commit_(commit) {}

  struct Row {
    AttemptStart start;
    std::optional<AttemptEnd> end;
    Ticket started = 0, ended = 0;
  };

  Result<Started> start(const AttemptStart& start) override {
    if (broken_) return Error{"disk full"};
    const Started started{next_attempt_++, hand_over()};
    rows[started.attempt] = {start, std::nullopt, started.ticket, 0};
    open_peak = std::max(open_peak, ++open_);
    return started;
  }
  Result<Ticket> end(std::int64_t attempt, const AttemptEnd& end) override {
    if (broken_) return Error{"disk full"};
    Row& row = rows.at(attempt);
    if (row.end) throw std::runtime_error("an attempt ended twice");
    row.end = end;
    row.ended = hand_over();
    open_ -= is_not_sent(row);  // the vendor never had it
    return row.ended;
  }
  Result<Ticket> durable() const override {
    if (broken_) return Error{"disk full"};
    return durable_;
  }
  void on_durable(std::function<void()> advanced) override { advanced_ = std::move(advanced); }
  std::optional<KnownReply> find_reply(const std::string& request_key) override {
    for (const auto& [attempt, row] : rows) {
      if (row.start.request_key != request_key || !row.end || !is_durable(row.ended)) continue;
      const HttpResponse& response = row.end->response;
      if (row.end->state != AttemptEnd::State::replied || response.status != 200 || response.body.empty()) continue;
      return KnownReply{.response = response, .of_this_run = true, .attempt = attempt};
    }
    return std::nullopt;
  }

  bool has_durable_start(std::int64_t attempt) const {
    const auto row = rows.find(attempt);
    return row != rows.end() && is_durable(row->second.started);
  }
  bool has_durable_end(std::int64_t attempt) const {
    const auto row = rows.find(attempt);
    return row != rows.end() && row->second.end && is_durable(row->second.ended);
  }
  // What a process that starts again finds.
  void crash() {
    std::erase_if(rows, [this](const auto& row) { return !is_durable(row.second.started); });
    for (auto& [attempt, row] : rows) {
      if (row.end && !is_durable(row.ended)) row.end.reset();
    }
    ++life_;
    committing_ = false;
    broken_ = false;
    handed_over_ = durable_;
    open_ = 0;
  }

  std::map<std::int64_t, Row> rows;  // by attempt
  int fail_at = 0;                   // the commit of this number and all later ones fail; 0: never
  int open_peak = 0;                 // starts handed over whose end was not durable yet

 private:
  bool is_durable(Ticket ticket) const { return ticket > 0 && ticket <= durable_; }

  static bool is_not_sent(const Row& row) { return row.end->state == AttemptEnd::State::not_sent; }

  Ticket hand_over() {
    ++handed_over_;
    if (!committing_) begin_commit();
    return handed_over_;
  }

  void begin_commit() {
    committing_ = true;
    world_.at(world_.now() + commit_, [this, upto = handed_over_, life = life_] {
      if (life == life_) committed(upto);
    });
  }

  void committed(Ticket upto) {
    committing_ = false;
    broken_ = fail_at > 0 && ++commits_ >= fail_at;
    if (!broken_) {
      for (const auto& [attempt, row] : rows) {
        open_ -= row.end && !is_not_sent(row) && row.ended > durable_ && row.ended <= upto;
      }
      durable_ = upto;
      if (handed_over_ > durable_) begin_commit();
    }
    if (advanced_) advanced_();
  }

  FakeTransport& world_;
  const std::chrono::milliseconds commit_;
  std::function<void()> advanced_;
  std::int64_t next_attempt_ = 1;
  Ticket handed_over_ = 0, durable_ = 0;
  int open_ = 0;
  int life_ = 0;
  int commits_ = 0;
  bool committing_ = false;
  bool broken_ = false;
};

}  // namespace plumb::test
