#include <doctest/doctest.h>

#include <algorithm>
#include <thread>

#include "retrieval/retriever.h"

namespace plumb {
namespace {

Passage passage(std::string id, std::string title, std::string text) {
  Passage made;
  made.id = std::move(id);
  made.title = std::move(title);
  made.text = std::move(text);
  seal(made);
  return made;
}

Dataset corpus() {
  Dataset dataset;
  dataset.name = "corpus";
  dataset.passages = {
      passage("capital-loans", "수도권 주택담보대출", "수도권에서 집을 살 때 받는 대출의 한도는 6억원이다."),
      passage("renewal", "계약갱신요구권", "임차인은 계약갱신요구권을 1회에 한하여 행사할 수 있다."),
      passage("deposit", "소액임차인 최우선변제금", "소액임차인은 보증금 중 일정액을 먼저 변제받는다."),
      passage("nuri", "누리솔루션 백엔드 개발자", "서버 개발 경력 3년 이상. Kafka 운영 경험 우대."),
      passage("gaon", "가온랩 프론트엔드 개발자", "React 개발 경력 2년 이상. 재택근무 주 2일."),
      passage("meme", "무야호", "무한도전 알래스카 편에서 나온 말이다."),
      passage("cat", "꽁꽁 얼어붙은 한강", "한강 위로 고양이가 걸어다닌다는 뉴스이다."),
      passage("levy", "재건축부담금", "조합원 1인당 평균이익에 따라 부담금을 매긴다."),
  };
  seal(dataset);
  return dataset;
}

Retrieval settings(std::string retriever, int passages_max = 5, std::string tables = "markdown") {
  Retrieval made;
  made.name = made.retriever = std::move(retriever);
  made.passages_max = passages_max;
  made.tables = std::move(tables);
  return made;
}

Question asked(std::string text, std::vector<std::string> passages = {}) {
  Question question;
  question.id = "q";
  question.text = std::move(text);
  question.passages = std::move(passages);
  return question;
}

Result<std::vector<Passage>> found(const Retriever& retriever, const Question& question) {
  const auto step = retriever.next(question, {});
  REQUIRE(step.index() == 1);  // none of these needs a server
  return std::get<1>(step);
}

std::vector<std::string> ids(const Result<std::vector<Passage>>& passages) {
  REQUIRE(static_cast<bool>(passages));
  std::vector<std::string> out;
  for (const Passage& passage : *passages) out.push_back(passage.id);
  return out;
}

std::vector<std::string> search(const Dataset& dataset, const Retrieval& with, const Question& question) {
  const auto retriever = find_retriever(with.retriever)->prepare(with, dataset);
  REQUIRE(static_cast<bool>(retriever));
  return ids(found(**retriever, question));
}

using Ids = std::vector<std::string>;

TEST_CASE("the build finds each retriever by its file's name") {
  for (const char* name : {"none", "gold", "bm25"}) {
    CAPTURE(name);
    CHECK(find_retriever(name) != nullptr);
  }
  CHECK(find_retriever("retriever") == nullptr);
}

TEST_CASE("none shows nothing") { CHECK(search(corpus(), settings("none"), asked("한강 고양이", {"cat"})).empty()); }

TEST_CASE("gold shows the question's own passages, all of them and in its order") {
  CHECK(search(corpus(), settings("gold", 1), asked("?", {"levy", "cat", "nuri"})) == Ids{"levy", "cat", "nuri"});
  CHECK(search(corpus(), settings("gold"), asked("?")).empty());
}

TEST_CASE("gold names a passage that is not there") {
  const Dataset dataset = corpus();
  const auto retriever = find_retriever("gold")->prepare(settings("gold"), dataset);
  const auto passages = found(**retriever, asked("?", {"cat", "dog"}));
  REQUIRE_FALSE(passages);
  CHECK(passages.error().message.find("'dog'") != std::string::npos);
}

TEST_CASE("a closed-book question is shown nothing, whatever the retrieval") {
  Question closed = asked("한강 고양이", {"cat"});
  closed.closed_book = true;
  for (const char* name : {"none", "gold", "bm25"}) {
    CAPTURE(name);
    CHECK(search(corpus(), settings(name), closed).empty());
  }
}

TEST_CASE("bm25 puts the passage that answers first, particles and spacing aside") {
  const auto first = [](std::string text) { return search(corpus(), settings("bm25"), asked(std::move(text))).at(0); };
  CHECK(first("임차인은 계약갱신 요구권을 몇 번 쓸 수 있나요?") == "renewal");
  CHECK(first("고양이는 어느 강을 걸어다녔나요?") == "cat");
  CHECK(first("kafka 경험을 우대하는 공고는?") == "nuri");
  CHECK(first("재건축 부담금은 누가 내나요?") == "levy");
}

TEST_CASE("bm25 finds a word inside a longer one") {
  CHECK(search(corpus(), settings("bm25"), asked("수도의 대출")).at(0) == "capital-loans");
}

TEST_CASE("bm25 counts the title with the text") {
  CHECK(search(corpus(), settings("bm25"), asked("무야호는 무엇인가요?")).at(0) == "meme");
}

TEST_CASE("bm25 shows at most passages_max, and none that share no term") {
  CHECK(search(corpus(), settings("bm25", 2), asked("개발자 경력은 몇 년 이상인가요?")).size() == 2);
  CHECK(search(corpus(), settings("bm25"), asked("zzz qqq")).empty());
  CHECK(search(corpus(), settings("bm25"), asked("")).empty());
}

TEST_CASE("bm25 breaks ties by id, whatever the order of the corpus") {
  Dataset dataset;
  dataset.passages = {passage("b", "같은 제목", "같은 본문"), passage("c", "같은 제목", "같은 본문"),
                      passage("a", "같은 제목", "같은 본문")};
  CHECK(search(dataset, settings("bm25", 2), asked("같은 제목의 본문")) == Ids{"a", "b"});
}

TEST_CASE("bm25 prefers rare terms, repeated terms and short passages") {
  Dataset dataset;
  dataset.passages = {
      passage("common", "", "연봉 복지 연봉 복지 연봉"),
      passage("rare", "", "연봉 스톡옵션"),
      passage("long", "", "연봉 스톡옵션 근무지 서울 성동구 가상로 정규직 상시채용 수습 급여 식대 건강검진 반차 생일"),
      passage("other", "", "연봉 협의"),
  };
  CHECK(search(dataset, settings("bm25"), asked("연봉과 스톡옵션")) == Ids{"rare", "long", "common", "other"});
}

TEST_CASE("bm25 counts one rare term for more than a common term twice") {
  Dataset dataset;
  dataset.passages = {passage("a", "", "salary salary"), passage("b", "", "kafka office"),
                      passage("c", "", "salary office"), passage("d", "", "salary office")};
  CHECK(search(dataset, settings("bm25"), asked("kafka salary")).front() == "b");
}

TEST_CASE("bm25's score is Okapi's: worked by hand on two passages") {
  // Both hold kafka once, so that the length norm alone decides.
  Dataset dataset;
  dataset.passages = {passage("a-long", "", "kafka java java java"), passage("b-short", "", "kafka java")};
  CHECK(search(dataset, settings("bm25"), asked("kafka")) == Ids{"b-short", "a-long"});
  // tf 3, length 4, mean 3: 2.2*3/(3+1.2*(0.25+0.75*4/3)) = 1.467; tf 1, length 2: 2.2/(1+1.2*0.75) = 1.158.
  CHECK(search(dataset, settings("bm25"), asked("java")) == Ids{"a-long", "b-short"});
}

TEST_CASE("bm25 recalls every passage of a small corpus among its first five") {
  const std::vector<std::pair<std::string, std::string>> wanted = {
      {"2026년 수도권에서 집을 사려면 주담대 한도는 얼마인가요?", "capital-loans"},
      {"세입자(임차인)가 계약 갱신을 요구할 수 있는 횟수는?", "renewal"},
      {"소액임차인이 먼저 변제받는 돈은 무엇인가요?", "deposit"},
      {"누리솔루션 서버개발 경력 요건은 몇 년인가요?", "nuri"},
      {"가온랩은 재택을 며칠 하나요?", "gaon"},
      {"알래스카에서 나온 밈은?", "meme"},
      {"한강에서 고양이가 걸은 뉴스는 언제 나왔나요?", "cat"},
      {"조합원이 내는 재건축 부담금은?", "levy"},
  };
  int hits = 0;
  for (const auto& [text, id] : wanted) {
    const Ids shown = search(corpus(), settings("bm25"), asked(text));
    CAPTURE(text);
    CHECK(std::find(shown.begin(), shown.end(), id) != shown.end());
    hits += std::find(shown.begin(), shown.end(), id) != shown.end() ? 1 : 0;
  }
  CHECK(hits == static_cast<int>(wanted.size()));
}

TEST_CASE("NFD questions find NFC passages") {
  // 무야호 as conjoining jamo
  CHECK(search(corpus(), settings("bm25"), asked("\u1106\u116e\u110b\u1163\u1112\u1169")) == Ids{"meme"});
}

TEST_CASE("an empty dataset is searched and nothing is found") {
  const Dataset empty;
  for (const char* name : {"none", "gold", "bm25"}) {
    CAPTURE(name);
    CHECK(search(empty, settings(name), asked("연봉은 얼마인가요?")).empty());
  }
}

TEST_CASE("a prepared index answers many threads alike") {
  const Dataset dataset = corpus();
  const auto retriever = find_retriever("bm25")->prepare(settings("bm25"), dataset);
  const Ids expected = ids(found(**retriever, asked("서버 개발 경력")));
  std::vector<Ids> answers(4);
  std::vector<std::thread> threads;
  for (Ids& answer : answers) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto step = (*retriever)->next(asked("서버 개발 경력"), {});
        answer.clear();
        for (const Passage& passage : *std::get<1>(step)) answer.push_back(passage.id);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Ids& answer : answers) CHECK(answer == expected);
}

TEST_CASE("settings that cannot work are refused when the retrieval is prepared") {
  const Dataset dataset = corpus();
  for (const char* name : {"gold", "bm25"}) {
    CAPTURE(name);
    CHECK_FALSE(find_retriever(name)->prepare(settings(name, 5, "pdf"), dataset));
    CHECK_FALSE(find_retriever(name)->prepare(settings(name, 0), dataset));
  }
}

TEST_CASE("tables are shown as the settings say, and the passage stays the same passage") {
  const Passage table = passage("t", "급여표", "앞\n\n| 직급 | 기본급 |\n|---|---|\n| L3 | 5,160만원 |\n\n뒤\n");
  CHECK(as_shown(table, settings("gold")).text == table.text);
  const Passage text = as_shown(table, settings("gold", 5, "text"));
  CHECK(text.text.find("직급: L3, 기본급: 5,160만원") != std::string::npos);
  CHECK(text.text.find('|') == std::string::npos);
  CHECK(text.text.find("앞") == 0);
  CHECK(text.id == table.id);
  CHECK(text.digest == table.digest);
  CHECK(as_shown(table, settings("gold", 5, "html")).text.find("<td>L3</td>") != std::string::npos);
  CHECK(as_shown(table, settings("gold", 5, "csv")).text.find("L3,\"5,160만원\"") != std::string::npos);
}

TEST_CASE("gold and bm25 show tables as the settings say") {
  Dataset dataset;
  dataset.passages = {passage("t", "급여표", "| 직급 | 기본급 |\n|---|---|\n| L3 | 5,160만원 |\n")};
  for (const char* name : {"gold", "bm25"}) {
    CAPTURE(name);
    const auto retriever = find_retriever(name)->prepare(settings(name, 5, "text"), dataset);
    const auto passages = found(**retriever, asked("L3의 기본급은?", {"t"}));
    REQUIRE(static_cast<bool>(passages));
    REQUIRE(passages->size() == 1);
    CHECK(passages->front().text.find("직급: L3") != std::string::npos);
  }
}

}  // namespace
}  // namespace plumb
