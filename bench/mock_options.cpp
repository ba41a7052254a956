#include "mock_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>

namespace plumb::mock {

namespace {

constexpr const char* k_help =
    R"(plumb_mock: a deterministic stand-in for an OpenAI-compatible chat API, on 127.0.0.1 only

The reply to a request is a function of the request's body and of the options below, so that two runs over the
same cells see the same answers, delays and token counts.

Endpoints
  POST /v1/chat/completions   an answer (the prefix before /chat/completions is free)
  POST /v1/messages           an answer in Anthropic's shape
  /v1/files, /v1/batches, /v1/messages/batches: the batch interfaces of OpenAI and Anthropic
  GET  /v1/models             the list of models
  GET  /stats                 counters as JSON          POST /reset   sets the counters to zero
)";

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "plumb_mock: {} (see --help)\n", why);
  std::exit(2);
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  while (true) {
    const std::size_t comma = text.find(',', from);
    parts.push_back(text.substr(from, comma - from));
    if (comma == std::string::npos) return parts;
    from = comma + 1;
  }
}

double number(const char* option, const std::string& text, double low, double high) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= low && value <= high)) {
    die(fmt::format("{}: '{}' is no number from {:g} to {:g}", option, text, low, high));
  }
  return value;
}

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream in(path);
  if (!in) die(fmt::format("--answers: cannot read '{}'", path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  if (lines.empty()) die(fmt::format("--answers: '{}' is empty", path));
  return lines;
}

std::vector<Fault> faults_of(const std::string& text) {
  std::vector<Fault> faults;
  for (const std::string& name : split_commas(text)) {
    const auto it = std::find(k_fault_names.begin() + 1, k_fault_names.end(), name);
    if (it == k_fault_names.end()) die(fmt::format("--fail-mode: unknown mode '{}'", name));
    faults.push_back(static_cast<Fault>(it - k_fault_names.begin()));
  }
  return faults;
}

struct Option {
  const char* name;
  const char* value;  // "" : takes none
  const char* help;
  std::function<void(Options&, const std::string&)> set;
};

std::function<void(Options&, const std::string&)> flag(bool Options::*member) {
  return [member](Options& options, const std::string&) { options.*member = true; };
}
std::function<void(Options&, const std::string&)> text(std::string Options::*member) {
  return [member](Options& options, const std::string& value) { options.*member = value; };
}
template <class T>
std::function<void(Options&, const std::string&)> amount(const char* name, T Options::*member, double low,
                                                         double high) {
  return [=](Options& options, const std::string& value) {
    options.*member = static_cast<T>(number(name, value, low, high));
  };
}

// One row holds the name, the help and the effect, so that the help cannot fall behind.
const std::vector<Option>& all_options() {
  static const std::vector<Option> all = {
      {"--port", "N", "port, 0 picks a free one [8099]", amount("--port", &Options::port, 0, 65535)},
      {"--port-file", "FILE", "where to write the port once listening", text(&Options::port_file)},
      {"--backlog", "N", "connections that may wait [4096]", amount("--backlog", &Options::backlog, 1, 65535)},
      {"--latency-ms", "X", "delay before the first byte of a reply [0]",
       amount("--latency-ms", &Options::latency_ms, 0, 1e7)},
      {"--jitter-ms", "X", "plus a lognormal delay of this mean, drawn by the body's hash [0]",
       amount("--jitter-ms", &Options::jitter_ms, 0, 1e7)},
      {"--jitter-sigma", "X", "shape of that lognormal [1]", amount("--jitter-sigma", &Options::jitter_sigma, 0, 5)},
      {"--answers", "FILE", "one answer a line, picked by the body's hash [eight built in]",
       [](Options& options, const std::string& value) { options.answers = lines_of(value); }},
      {"--answer-bytes", "N", "pad every answer to at least this [0]",
       amount("--answer-bytes", &Options::answer_bytes, 0, 1 << 24)},
      {"--answer-from-context", "", "answer with the first sentence of the first passage in the user message",
       flag(&Options::answer_from_context)},
      {"--models", "A,B", "what GET /v1/models lists [mock-a,mock-b]",
       [](Options& options, const std::string& value) { options.models = split_commas(value); }},
      {"--judge-words", "A,B", "a system message with one of these makes a judge request [judge]",
       [](Options& options, const std::string& value) { options.judge_words = split_commas(value); }},
      {"--judge-pass", "PCT", "share of bodies judged as passing [70]",
       amount("--judge-pass", &Options::judge_pass_percent, 0, 100)},
      {"--verdict-pass", "JSON", "what the judge says then", text(&Options::verdict_pass)},
      {"--verdict-fail", "JSON", "and otherwise", text(&Options::verdict_fail)},
      {"--fail-every", "N", "one chat request in N fails, 0 = none [0]",
       amount("--fail-every", &Options::fail_every, 0, 1e15)},
      {"--fail-mode", "M,...", "how, in turn: 429 500 503 reset truncate short drip hang empty html [500]",
       [](Options& options, const std::string& value) { options.fail_modes = faults_of(value); }},
      {"--fail-by", "WHAT", "count (every N-th request) or hash (one body in N) [count]",
       [](Options& options, const std::string& value) {
         if (value != "count" && value != "hash") die("--fail-by: count or hash");
         options.fail_by_hash = value == "hash";
       }},
      {"--fail-attempts", "K", "by hash: such a body fails K times, then answers; 0 = always [0]",
       amount("--fail-attempts", &Options::fail_attempts, 0, 1e15)},
      {"--retry-after", "S", "Retry-After of a 429, empty = none [1]", text(&Options::retry_after)},
      {"--drip-bytes", "N", "[16]", amount("--drip-bytes", &Options::drip_bytes, 1, 1 << 20)},
      {"--drip-ms", "X", "[20]", amount("--drip-ms", &Options::drip_ms, 0, 1e7)},
      {"--rate-limit", "R", "429 above R chat requests in a clock second [off]",
       amount("--rate-limit", &Options::rate_limit, 0, 1e9)},
      {"--in-flight-max", "N", "429 above N chat requests at once [off]",
       amount("--in-flight-max", &Options::in_flight_max, 0, 1e9)},
      {"--track-bodies", "", "count distinct and repeated bodies (a resume must not ask twice)",
       flag(&Options::track_bodies)},
      {"--batch-ms", "X", "how long a batch takes [0]", amount("--batch-ms", &Options::batch_ms, 0, 1e8)},
      {"--batch-error-every", "N", "one request in N of a batch errs, 0 = none [0]",
       amount("--batch-error-every", &Options::batch_error_every, 0, 1e15)},
      {"--batch-expire-every", "N", "one request in N of a batch expires, 0 = none [0]",
       amount("--batch-expire-every", &Options::batch_expire_every, 0, 1e15)},
      {"--batch-enqueued-max", "N", "requests of all unfinished batches, above it a batch fails [off]",
       amount("--batch-enqueued-max", &Options::batch_enqueued_max, 0, 1e15)},
      {"--quiet", "", "no counters on standard output at the end", flag(&Options::quiet)},
  };
  return all;
}

void set_defaults(Options& options) {
  if (options.answers.empty()) {
    options.answers = {"합격보상금은 100만원입니다.",
                       "지문에서는 확인할 수 없습니다.",
                       "주택임대차보호법 제3조에 따라 대항력이 생깁니다.",
                       "2026년 12월 15일까지입니다.",
                       "경력 3년 이상이면 지원할 수 있습니다.",
                       "아니요, 해당하지 않습니다.",
                       "서류, 코딩테스트, 실무 면접 순서입니다.",
                       "The posting does not say."};
  }
  for (std::string& answer : options.answers) {
    constexpr std::string_view padding = " lorem ipsum dolor sit amet";
    while (answer.size() < static_cast<std::size_t>(options.answer_bytes))
      answer += padding[answer.size() % padding.size()];
  }
  if (options.verdict_pass.empty()) {
    options.verdict_pass =
        R"({"pass":true,"score":1.0,"verdict":"correct","reason":"The answer agrees with the source."})";
  }
  if (options.verdict_fail.empty()) {
    options.verdict_fail = R"({"pass":false,"score":0.0,"verdict":"incorrect","reason":"The answer contradicts it."})";
  }
}

}  // namespace

Options parse_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string given = argv[i];
    if (given == "--help" || given == "-h") {
      fmt::print("{}\nOptions\n", k_help);
      for (const Option& option : all_options()) {
        fmt::print("  {:<28}{}\n", fmt::format("{} {}", option.name, option.value), option.help);
      }
      std::exit(0);
    }
    const auto& all = all_options();
    const auto it = std::find_if(all.begin(), all.end(), [&](const Option& option) { return given == option.name; });
    if (it == all.end()) die(fmt::format("unknown option '{}'", given));
    const bool takes_value = *it->value != '\0';
    if (takes_value && i + 1 >= argc) die(fmt::format("{} needs a value", given));
    it->set(options, takes_value ? argv[++i] : "");
  }
  set_defaults(options);
  return options;
}

}  // namespace plumb::mock
