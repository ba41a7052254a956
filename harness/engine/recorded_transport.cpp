#include "engine/recorded_transport.h"

#include <limits>
#include <utility>

#include "engine/reading.h"
#include "engine/redact.h"

namespace plumb {

namespace {

constexpr auto k_all_durable = std::numeric_limits<Ledger::Ticket>::max();
constexpr std::uint64_t k_not_in_ledger = std::uint64_t{1} << 63;

// The ledger's number where there is one, so that the two sides' books can be compared.
std::uint64_t transfer_of(const Pending& pending) {
  return pending.attempt > 0 ? static_cast<std::uint64_t>(pending.attempt) : k_not_in_ledger | pending.number;
}

}  // namespace

Status RecordedTransport::begin(PendingPtr pending) {
  pending->attempt = 0;
  pending->ticket = 0;
  if (ledger_ && !pending->job.errand) {
    AttemptStart& start = pending->job.start;
    start.at = wall_clock();
    start.reserved_usd = pending->held_usd;
    const Ledger::Started started = TRY(ledger_->start(start));
    pending->attempt = started.attempt;
    pending->ticket = started.ticket;
  }
  starting_.push_back(std::move(pending));
  return Done{};
}

Result<std::vector<PendingPtr>> RecordedTransport::take_durable(std::deque<PendingPtr>& from) const {
  std::vector<PendingPtr> taken;
  if (from.empty()) return taken;
  const Ledger::Ticket durable = ledger_ ? TRY(ledger_->durable()) : k_all_durable;
  while (!from.empty() && from.front()->ticket <= durable) {
    taken.push_back(std::move(from.front()));
    from.pop_front();
  }
  return taken;
}

Result<std::vector<PendingPtr>> RecordedTransport::started() { return take_durable(starting_); }
Result<std::vector<PendingPtr>> RecordedTransport::ended() { return take_durable(ending_); }

void RecordedTransport::send(PendingPtr pending, std::chrono::milliseconds timeout) {
  ++pending->sent;
  pending->last_attempt = pending->attempt;
  const std::uint64_t transfer = transfer_of(*pending);
  const HttpRequest& request = pending->job.request;
  in_flight_.emplace(transfer, std::move(pending));
  transport_.start(transfer, request, timeout);
}

Status RecordedTransport::unsend(Pending& pending) {
  const std::int64_t attempt = std::exchange(pending.attempt, 0);
  if (attempt == 0) return Done{};
  AttemptEnd none;
  none.state = AttemptEnd::State::not_sent;
  none.at = wall_clock();
  TRY(ledger_->end(attempt, none));
  return Done{};
}

Status RecordedTransport::wait(Instant deadline, const std::function<void(const Pending&)>& came) {
  for (Transfer& transfer : transport_.wait(deadline)) TRY(end(std::move(transfer), came));
  return Done{};
}

Status RecordedTransport::end(Transfer transfer, const std::function<void(const Pending&)>& came) {
  auto node = in_flight_.extract(transfer.id);
  if (node.empty()) return Done{};  // abandoned while it was on its way
  PendingPtr pending = std::move(node.mapped());
  pending->end.response = std::move(transfer.response);
  take_out_key(pending->end.response, pending->job.key);
  came(*pending);
  if (pending->attempt > 0) {
    pending->end.state = state_of(pending->end.response);
    pending->end.at = wall_clock();
    pending->ticket = TRY(ledger_->end(pending->attempt, pending->end));
  }
  ending_.push_back(std::move(pending));
  return Done{};
}

void RecordedTransport::abandon(const std::function<void(Pending&, Stage)>& tell) {
  for (auto& [transfer, pending] : in_flight_) {
    transport_.cancel(transfer);
    tell(*pending, Stage::sent);
  }
  for (const PendingPtr& pending : ending_) tell(*pending, Stage::came);
  for (const PendingPtr& pending : starting_) tell(*pending, Stage::begun);
  in_flight_.clear();
  ending_.clear();
  starting_.clear();
}

}  // namespace plumb
