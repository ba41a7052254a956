// The board as people see it in a terminal: bars, intervals, controls apart, and what the columns mean.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/reporter.h"
#include "report/style.h"

namespace plumb {

namespace {

constexpr int k_bar_columns = 10;

std::string interval(const Rate& rate) {
  if (!rate.value) return "";
  return fmt::format("[{:.0f}–{:.0f}]", rate.low * 100, rate.high * 100);
}

std::string value(const Rate& rate) { return rate.value ? percent(*rate.value) : "–"; }

// What is not known of a row's cost can only add to it.
std::string money(const BoardRow& row) {
  if (!row.cost_usd || (*row.cost_usd == 0.0 && row.cost_unknown > 0)) return "–";
  if (*row.cost_usd == 0.0) return "$0";
  const std::string at_least = row.cost_unknown > 0 ? "≥" : "";
  return at_least +
         (*row.cost_usd < 0.01 ? fmt::format("${:.4f}", *row.cost_usd) : fmt::format("${:.2f}", *row.cost_usd));
}

std::string latency(double ms) { return ms >= 1000 ? fmt::format("{:.1f}s", ms / 1000) : fmt::format("{:.0f}ms", ms); }

// A column to the right of the hallucination rate.
struct Column {
  std::string title;
  int width;
  std::string (*text)(const BoardRow&);
};

std::vector<Column> all_columns() {
  return {
      {"correct", 9, [](const BoardRow& row) { return value(row.correct); }},
      {"answered", 9, [](const BoardRow& row) { return value(row.answer_rate); }},
      {"declined", 9, [](const BoardRow& row) { return value(row.abstention_right); }},
      {"grounded", 9, [](const BoardRow& row) { return row.groundedness ? percent(*row.groundedness) : "–"; }},
      {"?", 4, [](const BoardRow& row) { return std::to_string(row.unscorable); }},
      {"!", 4, [](const BoardRow& row) { return std::to_string(row.errors); }},
      {"cost", 9, [](const BoardRow& row) { return money(row); }},
      {"time", 8, [](const BoardRow& row) { return latency(row.latency_ms_median); }},
  };
}

class BoardWriter {
 public:
  BoardWriter(const Report& report, const Look& look) : report_(report), look_(look) {
    int longest = display_width("system");
    for (const BoardRow& row : report.board.rows) {
      one_retrieval_ = one_retrieval_ && row.system.retrieval == report.board.rows.front().system.retrieval;
    }
    for (const BoardRow& row : report.board.rows) longest = std::max(longest, display_width(name_of(row.system)));
    // A narrow window loses the least telling columns first, and only then the ends of names.
    const int rate_columns = 4 + 2 + k_bar_columns + 1 + 7 + 1 + 9;
    const auto width = [&] {
      int columns = rate_columns;
      for (const Column& column : columns_) columns += column.width;
      return columns;
    };
    for (const char* least : {"time", "grounded", "cost", "answered"}) {
      if (width() + longest <= look.columns) break;
      std::erase_if(columns_, [&](const Column& column) { return column.title == least; });
    }
    system_columns_ = std::clamp(longest, 12, std::max(12, look.columns - width()));
  }

  std::string write() {
    heading();
    table_head();
    bool controls = false;
    for (const BoardRow& row : report_.board.rows) {
      if (row.system.control && !controls) {
        controls = true;
        out_ += paint(look_.color, Tone::dim, "    controls: known samples, never ranked") + "\n";
      }
      table_row(row);
    }
    recall();
    legend();
    return std::move(out_);
  }

 private:
  void heading() {
    std::string datasets;
    for (const std::string& name : report_.datasets) datasets += (datasets.empty() ? "" : ", ") + name;
    int cells = 0, planned = 0;
    for (const BoardRow& row : report_.board.rows) {
      cells += row.cells;
      planned += row.cells_planned;
    }
    out_ += paint(look_.color, Tone::bold, printable(report_.title));
    out_ += fmt::format("  {}  run {} ({})\n", report_.week, report_.run, report_.started_at);
    out_ += paint(look_.color, Tone::dim,
                  fmt::format("{} questions ({}) × {} systems{}{} = {} of {} cells",
                              report_.board.questions - report_.board.expired, printable(datasets),
                              report_.board.rows.size(),
                              one_retrieval_ && !report_.board.rows.empty()
                                  ? fmt::format(" (retrieval {})", printable(report_.board.rows[0].system.retrieval))
                                  : "",
                              report_.trials > 1 ? fmt::format(" × {} trials", report_.trials) : "", cells, planned)) +
            "\n\n";
  }

  void table_head() {
    std::string line = fit("#", 3, true) + " " + fit("system", system_columns_) + "  ";
    line += fit("hallucinated ↓", k_bar_columns + 8) + " " + fit("95 %", 9);
    for (const Column& column : columns_) line += fit(column.title, column.width, true);
    out_ += paint(look_.color, Tone::dim, line) + "\n";
  }

  void table_row(const BoardRow& row) {
    const Rate& h = row.hallucination_rate;
    const bool control = row.system.control;
    const Tone tone = control          ? Tone::dim
                      : !h.value       ? Tone::dim
                      : *h.value > 0.3 ? Tone::bad
                      : *h.value > 0.1 ? Tone::warn
                                       : Tone::good;
    out_ += fit(control || row.rank == 0 ? "" : std::to_string(row.rank), 3, true) + " ";
    const std::string name = fit(name_of(row.system), system_columns_);
    out_ += (control ? paint(look_.color, Tone::dim, name) : name) + "  ";
    out_ += paint(look_.color, tone, bar(h.value.value_or(0.0), k_bar_columns)) + " " + fit(value(h), 7, true) + " ";
    out_ += fit(interval(h), 9);
    for (const Column& column : columns_) out_ += fit(column.text(row), column.width, true);
    out_ += "\n";
  }

  // What tells the rows apart: a retrieval that all share is said once, in the heading.
  std::string name_of(const System& system) const {
    return printable(one_retrieval_ ? system.model + " · " + system.prompt : system.name);
  }

  void recall() {
    if (report_.board.recall.empty()) return;
    int planted = 0, caught = 0;
    std::string parts;
    for (const MutantRecall& each : report_.board.recall) {
      planted += each.planted;
      caught += each.caught;
      parts += fmt::format("{}{} {}/{}", parts.empty() ? "" : " · ", each.kind, each.caught, each.planted);
    }
    const double share = planted ? static_cast<double>(caught) / planted : 0.0;
    out_ += "\nplanted errors caught: " + paint(look_.color, share >= 0.9 ? Tone::good : Tone::bad, percent(share)) +
            fmt::format(" of {} ({})\n", planted, parts);
  }

  void legend() {
    double worst = 0.0;
    int unscored = 0, errors = 0;
    for (const BoardRow& row : report_.board.rows) {
      if (row.system.control) continue;
      worst = std::max(worst, row.hallucination_rate.worst_case);
      unscored += row.unscorable;
      errors += row.errors;
    }
    out_ += paint(look_.color, Tone::dim,
                  "hallucinated: of answers given · correct: right answer, or declined where that is right, of all · "
                  "declined: "
                  "rightly, of what cannot be answered\n?: answers no scorer could tell · !: cells without an answer; "
                  "neither "
                  "is ever counted as good") +
            "\n";
    if (unscored > 0) {
      out_ += paint(look_.color, Tone::warn,
                    fmt::format(
                        "{} answers could not be scored; were all of them made up, the worst member system would stand "
                        "at {}",
                        unscored, percent(worst))) +
              "\n";
    }
    if (errors > 0) {
      out_ += paint(look_.color, Tone::warn,
                    fmt::format("{} cells have no answer; 'plumb run' asks for them again", errors)) +
              "\n";
    }
    spending();
    for (const std::string& note : report_.notes) out_ += paint(look_.color, Tone::warn, printable(note)) + "\n";
  }

  // What a reader of the costs must know of them.
  void spending() {
    int paid_twice = 0, cached = 0;
    std::string cached_by;
    for (const BoardRow& row : report_.board.rows) {
      paid_twice += row.paid_twice;
      cached += row.cached;
      if (row.cached > 0)
        cached_by += fmt::format("{}{} {}", cached_by.empty() ? "" : ", ", name_of(row.system), row.cached);
    }
    if (paid_twice > 0) {
      out_ += paint(look_.color, Tone::warn,
                    fmt::format("{} answers may have been paid for twice: their first request went out whole and came "
                                "to nothing; `resend: 0` leaves such cells empty instead",
                                paid_twice)) +
              "\n";
    }
    if (cached > 0) {
      out_ += paint(look_.color, Tone::dim,
                    fmt::format("{} answers are those of an earlier run (--cache): {}", cached, cached_by)) +
              "\n";
    }
  }

  const Report& report_;
  const Look look_;
  std::vector<Column> columns_ = all_columns();
  bool one_retrieval_ = true;
  int system_columns_ = 0;
  std::string out_;
};

class TerminalReporter final : public Reporter {
 public:
  std::string render(const Report& report, const Look& look) const override {
    return BoardWriter(report, look).write();
  }
};

}  // namespace

const Reporter& reporter_terminal() {
  static const TerminalReporter instance;
  return instance;
}

}  // namespace plumb
