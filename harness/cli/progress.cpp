#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/style.h"

namespace plumb {

namespace {

using namespace std::chrono_literals;

// Often enough to look alive, seldom enough to cost nothing; a log gets six lines a minute.
constexpr auto k_bar_every = 100ms;
constexpr auto k_line_every = 10s;

std::string duration(std::chrono::seconds time) {
  const auto s = time.count();
  if (s < 60) return fmt::format("{}s", s);
  if (s < 3600) return fmt::format("{}m{:02}s", s / 60, s % 60);
  return fmt::format("{}h{:02}m", s / 3600, s / 60 % 60);
}

}  // namespace

Progress::Progress(Sink& next, Terminal& terminal, ProgressStyle style)
    : next_(next), terminal_(terminal), style_(style) {}

void Progress::run_started(std::size_t cells) {
  next_.run_started(cells);
  cells_ = cells;
  started_ = shown_ = Clock::now();
  if (style_ == ProgressStyle::bar && cells_ > 0) show(true);
}

Status Progress::answered(const Cell& cell, const AnswerRecord& record) {
  TRY(next_.answered(cell, record));
  cost_usd_ += record.cost_usd;
  return Done{};
}

Status Progress::finished(const Cell& cell, const std::vector<Score>& scores, const OutcomeOf& outcome) {
  TRY(next_.finished(cell, scores, outcome));
  ++finished_;
  if (outcome.outcome == Outcome::error) {
    ++errors_;
    last_error_ = outcome.why;
  }
  show(false);
  return Done{};
}

void Progress::waiting(std::chrono::milliseconds how_long, const std::string& why) {
  next_.waiting(how_long, why);
  waiting_ = why;
  waiting_until_ = Clock::now() + how_long;
  show(style_ == ProgressStyle::bar);
}

void Progress::batch_told(const std::string& words) {
  next_.batch_told(words);
  if (style_ != ProgressStyle::none) terminal_.note("plumb: " + printable(words));
}

void Progress::account_stopped(const std::string& why) {
  next_.account_stopped(why);
  stopped_accounts_.push_back(why);
  if (style_ != ProgressStyle::none) terminal_.note("plumb: nothing more can be asked there: " + printable(why));
}

void Progress::run_finished(bool complete) {
  next_.run_finished(complete);
  if (style_ == ProgressStyle::lines && cells_ > 0) show(true);
  terminal_.status("");
}

std::string Progress::line() const {
  const auto now = Clock::now();
  const double seconds = std::max(0.001, std::chrono::duration<double>(now - started_).count());
  const double rate = static_cast<double>(finished_) / seconds;
  const double share = cells_ ? static_cast<double>(finished_) / static_cast<double>(cells_) : 1.0;
  std::string text = style_ == ProgressStyle::bar ? "▕" + bar(share, 24) + "▏ " : "";
  text += fmt::format("{}/{} cells", finished_, cells_);
  if (finished_ > 0) {
    const auto left = std::chrono::seconds(std::llround(static_cast<double>(cells_ - finished_) / rate));
    text += rate >= 10 ? fmt::format(" · {:.0f}/s", rate) : fmt::format(" · {:.1f}/s", rate);
    if (finished_ < cells_) text += " · " + duration(left) + " left";
  }
  if (errors_ > 0) text += fmt::format(" · {} errors ({})", errors_, fit(printable(last_error_), 40));
  if (cost_usd_ > 0) text += fmt::format(" · ${:.2f}", cost_usd_);
  if (now < waiting_until_) {
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(waiting_until_ - now) + 1s;
    text += fmt::format(" · waiting {} on {}", duration(left), printable(waiting_));
  }
  return text;
}

void Progress::show(bool force) {
  if (style_ == ProgressStyle::none) return;
  const auto now = Clock::now();
  if (!force &&
      now - shown_ < (style_ == ProgressStyle::bar ? Clock::duration(k_bar_every) : Clock::duration(k_line_every)))
    return;
  shown_ = now;
  if (style_ == ProgressStyle::bar) {
    terminal_.status(line());
  } else {
    terminal_.note("plumb: " + line());
  }
}

}  // namespace plumb
