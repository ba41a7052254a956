// F39: `plumb run` is killed at random moments and run again until it is complete. Nothing that the store had
// acknowledged is lost or changed, nothing is asked again beyond what was in flight, and the board is that of a run
// that nobody disturbed.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

#include "store/database.h"
#include "support/process.h"

namespace plumb::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int k_cells = 40;
constexpr int k_in_flight_max = 8;
constexpr int k_workers = 3;
constexpr std::uint64_t k_busy_us = 40'000;  // 40 cells, 8 at a time, 5 ms each, and the writing

struct Stored {
  std::map<std::string, std::string> answers;                            // text, by cell
  std::map<std::int64_t, std::pair<std::int64_t, std::string>> replies;  // state and body, by attempt
  std::int64_t open = 0;                                                 // attempts without an end
  std::string integrity;
};

Result<Stored> look(const fs::path& path) {
  Stored stored;
  if (!fs::exists(path)) return stored;
  auto database = TRY(Database::open(path, Database::Access::read, std::chrono::seconds(30)));
  if (TRY(database->integer("SELECT count(*) FROM sqlite_schema WHERE name = 'attempts'")) == 0) return stored;
  TRY(database->execute("BEGIN"));
  Statement answers =
      TRY(database->prepare("SELECT systems.digest || questions.digest || cells.trial, answers.text FROM answers "
                            "JOIN cells ON cells.id = answers.cell_id JOIN systems ON systems.id = cells.system_id "
                            "JOIN questions ON questions.id = cells.question_id"));
  while (TRY(answers.step())) stored.answers.emplace(answers.text(0), answers.text(1));
  Statement replies = TRY(database->prepare("SELECT attempt_id, state, coalesce(body, '') FROM replies"));
  while (TRY(replies.step())) stored.replies[replies.integer(0)] = {replies.integer(1), replies.text(2)};
  stored.open =
      TRY(database->integer("SELECT count(*) FROM attempts WHERE id NOT IN (SELECT attempt_id FROM replies)"));
  Statement check = TRY(database->prepare("PRAGMA integrity_check"));
  if (TRY(check.step())) stored.integrity = check.text(0);
  return stored;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// A folder with an eval.yaml, and a vendor of its own.
class Bench {
 public:
  Bench(const std::string& plumb, const std::string& mock) : plumb_(plumb) {
    std::string name = (fs::temp_directory_path() / "plumb-kill-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder");
    folder_ = name;
    vendor_ = std::make_unique<Process>(
        std::vector<std::string>{mock, "--port", "0", "--port-file", (folder_ / "port").string(), "--latency-ms", "5",
                                 "--track-bodies", "--answer-from-context", "--quiet"},
        folder_, "vendor.out");
    for (int i = 0; i < 500 && !fs::exists(folder_ / "port"); ++i) std::this_thread::sleep_for(milliseconds(10));
    port_ = std::atoi(text_of(folder_ / "port").c_str());
    std::ofstream(folder_ / "eval.yaml")
        << "name: killed\ndatasets: [" PLUMB_SOURCE_DIR "/datasets/postings]\n"
        << "prompts: [" PLUMB_SOURCE_DIR "/prompts/examples/plain.yaml]\n"
        << "models: [{name: mock, provider: openai, id: mock-a, base_url: \"http://127.0.0.1:" << port_ << "/v1\"}]\n"
        << "limits: {in_flight_max: " << k_in_flight_max << "}\n";
  }
  ~Bench() {
    vendor_->kill_now();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  fs::path database() const { return folder_ / "plumb.db"; }
  std::string books() const { return ask(port_, "GET", "/stats"); }
  std::string errors() const { return text_of(folder_ / "err"); }
  void start_over() const {
    for (const char* end : {"", "-wal", "-shm", ".lock"}) fs::remove(database().string() + end);
    ask(port_, "POST", "/reset");
  }
  std::unique_ptr<Process> run() const {
    return std::make_unique<Process>(
        std::vector<std::string>{plumb_, "run", "--quiet", "--filter-first-n", std::to_string(k_cells)}, folder_);
  }
  // Until one more is asked, or the process has ended.
  void wait_for_requests(pid_t pid) const {
    const long long before = number_in(books(), "chat");
    while (number_in(books(), "chat") == before) {
      siginfo_t ended{};
      if (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == pid)
        return;
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
  }
  // Less what differs from run to run: its names, times, and what is told of requests that were lost.
  std::string board() const {
    Process shown({plumb_, "leaderboard", "--format", "json", "--all"}, folder_, "board");
    if (shown.wait() != 0) return "no board: " + errors();
    std::istringstream lines(text_of(folder_ / "board"));
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
      const auto is = [&](const char* key) { return line.find(fmt::format("\"{}\"", key)) != std::string::npos; };
      if (is("evaluation") || is("run") || is("week") || is("started_at") || is("latency_ms_median") ||
          is("perhaps_paid_twice") || is("cost_unknown") || is("cached")) {
        continue;
      }
      kept += line + "\n";
    }
    return kept;
  }

 private:
  const std::string plumb_;
  fs::path folder_;
  std::unique_ptr<Process> vendor_;
  int port_ = 0;
};

// What the workers have in common.
struct Campaign {
  std::string plumb, mock, board;
  milliseconds undisturbed{};
  std::atomic<int> kills_left = 0;
  std::mutex mutex;  // guards what follows
  std::vector<std::string> wrong;
  int kills = 0, runs = 0, kills_with_open = 0;
  long long open = 0, repeated = 0, answers_seen = 0;

  bool take_kill() {
    int left = kills_left;
    while (left > 0 && !kills_left.compare_exchange_weak(left, left - 1)) {
    }
    return left > 0;
  }
  void complain(const std::string& what) {
    const std::lock_guard lock(mutex);
    wrong.push_back(what);
  }
};

template <class Map>
bool holds_all(const Map& now, const Map& before) {
  for (const auto& [key, value] : before) {
    const auto it = now.find(key);
    if (it == now.end() || it->second != value) return false;
  }
  return true;
}

// One run, killed and continued until it is complete.
void disturb(Campaign& campaign, const Bench& bench, std::mt19937_64& random) {
  bench.start_over();
  Stored before;
  int kills = 0, kills_with_open = 0;
  const auto longest = std::max<std::uint64_t>(150, static_cast<std::uint64_t>(campaign.undisturbed.count()) * 6 / 5);
  while (true) {
    const auto process = bench.run();
    const bool may_kill = campaign.take_kill();
    if (may_kill) {
      // One in four at any time at all, the start included; the others while requests are under way.
      if (random() % 4 == 0) {
        std::this_thread::sleep_for(milliseconds(5 + random() % longest));
      } else {
        bench.wait_for_requests(process->pid());
        std::this_thread::sleep_for(std::chrono::microseconds(random() % k_busy_us));
      }
      process->send(SIGKILL);
    }
    const int status = process->wait();
    if (status == 0) {
      if (may_kill) ++campaign.kills_left;  // it had ended by itself
      break;
    }
    if (status != -SIGKILL) return campaign.complain(fmt::format("exit {}: {}", status, bench.errors()));
    ++kills;
    const auto now = look(bench.database());
    if (!now) return campaign.complain("after a kill: " + now.error().message);
    if (!now->integrity.empty() && now->integrity != "ok") campaign.complain(now->integrity);
    if (!holds_all(now->answers, before.answers)) campaign.complain("an answer was lost or changed");
    if (!holds_all(now->replies, before.replies)) campaign.complain("a reply was lost or changed");
    if (now->open - before.open > k_in_flight_max) {
      campaign.complain(fmt::format("{} requests without an end after one kill", now->open - before.open));
    }
    kills_with_open += now->open > before.open;
    before = *now;
  }
  const auto end = look(bench.database());
  if (!end) return campaign.complain("at the end: " + end.error().message);
  if (!holds_all(end->answers, before.answers)) campaign.complain("an answer was lost or changed at the end");
  if (!holds_all(end->replies, before.replies)) campaign.complain("a reply was lost or changed at the end");
  if (end->answers.size() != k_cells) campaign.complain(fmt::format("{} answers", end->answers.size()));
  if (end->open != before.open) campaign.complain("a complete run left a request without an end");
  const std::string books = bench.books();
  const long long repeated = number_in(books, "bodies_repeated");
  if (number_in(books, "bodies_distinct") != k_cells) campaign.complain("the vendor's books: " + books);
  // What the vendor saw twice is among what the store says may have been paid for, at most C for each kill.
  if (repeated < 0 || repeated > end->open) {
    campaign.complain(fmt::format("{} asked again, {} without an end, {} kills", repeated, end->open, kills));
  }
  if (bench.board() != campaign.board) campaign.complain("the boards differ:\n" + bench.board());
  const std::lock_guard lock(campaign.mutex);
  campaign.kills += kills;
  campaign.kills_with_open += kills_with_open;
  campaign.open += end->open;
  campaign.repeated += repeated;
  campaign.answers_seen += static_cast<long long>(before.answers.size());
  ++campaign.runs;
}

void work(Campaign& campaign, std::uint64_t seed) {
  const Bench bench(campaign.plumb, campaign.mock);
  std::mt19937_64 random(seed);
  while (campaign.kills_left > 0) {
    disturb(campaign, bench, random);
    const std::lock_guard lock(campaign.mutex);
    if (campaign.wrong.size() > 5) return;
  }
}

TEST_CASE("killed at any moment, a run loses no answer and asks nothing again but what was in flight") {
  Campaign campaign;
  campaign.plumb = built_program("PLUMB", "plumb");
  campaign.mock = built_program("PLUMB_MOCK", "bench/plumb_mock");
  if (campaign.plumb.empty() || campaign.mock.empty()) {
    MESSAGE("left out: plumb and bench/plumb_mock are not built beside this program");
    return;
  }
  const char* long_run = std::getenv("PLUMB_LONG");
  const int kills = long_run && *long_run ? 5'000 : 300;
  {
    const Bench bench(campaign.plumb, campaign.mock);
    const auto began = steady_clock::now();
    const int status = bench.run()->wait();
    campaign.undisturbed = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    const std::string words = bench.errors();
    CAPTURE(words);
    REQUIRE(status == 0);
    campaign.board = bench.board();
    REQUIRE(campaign.board.find("\"finished\": 40") != std::string::npos);
    CHECK(number_in(bench.books(), "bodies_repeated") == 0);
  }
  campaign.kills_left = kills;
  std::vector<std::thread> workers;
  for (int i = 0; i < k_workers; ++i) {
    workers.emplace_back([&campaign, i] { work(campaign, static_cast<std::uint64_t>(i + 1)); });
  }
  for (std::thread& worker : workers) worker.join();
  for (const std::string& what : campaign.wrong) FAIL_CHECK(what);
  CHECK(campaign.kills >= kills);
  CHECK(campaign.kills_with_open * 4 > campaign.kills);  // or the kills came where nothing happens
  CHECK(campaign.answers_seen > 0);
  MESSAGE(campaign.kills << " kills in " << campaign.runs << " runs: " << campaign.kills_with_open
                         << " with requests in flight, " << campaign.open << " of them open, " << campaign.repeated
                         << " asked again");
}

}  // namespace
}  // namespace plumb::test
