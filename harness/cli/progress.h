// The progress of a run: one line that is rewritten on a terminal, a plain line now and then elsewhere.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "domain/sink.h"

namespace plumb {

enum class ProgressStyle { none, lines, bar };

// Hands every event to `next` first, then counts it.
class Progress final : public Sink {
 public:
  Progress(Sink& next, Terminal&, ProgressStyle);

  void run_started(std::size_t cells) override;
  Status answered(const Cell&, const AnswerRecord&) override;
  Status finished(const Cell&, const std::vector<Score>&, const OutcomeOf&) override;
  void waiting(std::chrono::milliseconds, const std::string& why) override;
  void batch_told(const std::string& words) override;
  void account_stopped(const std::string& why) override;
  void run_finished(bool complete) override;

  std::size_t finished_cells() const { return finished_; }
  std::size_t errors() const { return errors_; }
  double cost_usd() const { return cost_usd_; }
  std::string last_error() const { return last_error_; }
  const std::vector<std::string>& stopped_accounts() const { return stopped_accounts_; }

 private:
  using Clock = std::chrono::steady_clock;
  void show(bool force);
  std::string line() const;

  Sink& next_;
  Terminal& terminal_;
  const ProgressStyle style_;
  std::size_t cells_ = 0;
  std::size_t finished_ = 0;
  std::size_t errors_ = 0;
  double cost_usd_ = 0.0;
  std::string last_error_;
  std::vector<std::string> stopped_accounts_;
  std::string waiting_;
  Clock::time_point waiting_until_{};
  Clock::time_point started_{};
  Clock::time_point shown_{};
};

}  // namespace plumb
