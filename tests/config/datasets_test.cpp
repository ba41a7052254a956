#include <doctest/doctest.h>

#include "config/config.h"
#include "domain/reference.h"
#include "temp_folder.h"

namespace plumb {

namespace {

using test::Mistake;
using test::TempFolder;

constexpr const char* k_dataset = "name: nuri\ntitle: 누리\nlanguage: ko\nlicense: CC-BY-4.0\nversion: 1\n";
constexpr const char* k_passage =
    "---\nid: nuri-backend\ntitle: 별마루테크랩 백엔드\nkind: posting\nas_of: 2026-11-03\ngrade: FICTION\n"
    "source: 자체 창작\n---\n# 별마루테크랩\n\n합격보상금 100만원 (지원자 50만원)\n";

// A dataset with one passage and one distractor; questions come from each test.
class DatasetFolder : public TempFolder {
 public:
  DatasetFolder() {
    write("nuri/dataset.yaml", k_dataset);
    write("nuri/passages/nuri-backend.md", k_passage);
    write(
        "nuri/passages/other.md",
        "---\nid: other\ntitle: 다른 공고\nkind: posting\ngrade: V-WEB\nsource: 웹\ndistractor: true\n---\n상시채용\n");
  }

  LoadedDataset load() const { return load_dataset(path() / "nuri"); }
  LoadedDataset load(std::string_view questions) const {
    write("nuri/questions/q.yaml", questions);
    return load();
  }
};

// A question that is right, with one of its lines replaced, or with lines added at its end.
std::string question(const std::string& from = "", const std::string& to = "") {
  std::string text =
      "- id: reward\n"
      "  type: single_fact\n"
      "  question: 합격보상금은 얼마인가요?\n"
      "  passages: [nuri-backend, other]\n"
      "  evidence: [nuri-backend]\n"
      "  answer: 합격보상금은 100만원입니다.\n"
      "  references:\n"
      "    - number: 100만원\n"
      "  forbidden:\n"
      "    - {number: 70만원, kind: swapped}\n";
  if (from.empty()) return text + to;
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a dataset is read with its passages, questions and what they inherit") {
  const DatasetFolder folder;
  const LoadedDataset loaded = folder.load(question());
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.dataset);
  const Dataset& dataset = *loaded.dataset;
  CHECK(dataset.name == "nuri");
  CHECK(dataset.folder == (folder.path() / "nuri").generic_string());
  CHECK(dataset.title == "누리");
  CHECK(dataset.language == "ko");
  CHECK(dataset.version == 1);
  CHECK(dataset.digest != "");
  REQUIRE(dataset.passages.size() == 2);
  const Passage* passage = dataset.find_passage("nuri-backend");
  REQUIRE(passage);
  CHECK(passage->dataset == "nuri");
  CHECK(passage->title == "별마루테크랩 백엔드");
  CHECK(passage->text == "# 별마루테크랩\n\n합격보상금 100만원 (지원자 50만원)");
  CHECK(passage->group == "nuri-backend");
  CHECK(passage->as_of == Day{2026, 11, 3});
  CHECK_FALSE(passage->distractor);
  CHECK(dataset.find_passage("other")->distractor);
  REQUIRE(dataset.questions.size() == 1);
  const Question& q = dataset.questions[0];
  CHECK(q.dataset == "nuri");
  CHECK(q.passages == std::vector<std::string>{"nuri-backend", "other"});
  CHECK(q.evidence == std::vector<std::string>{"nuri-backend"});
  CHECK(q.grade == Grade::fiction);
  CHECK(q.source == "자체 창작");
  CHECK(q.basis == Basis::extractive);
  CHECK(q.digest != "");
  CHECK(loaded.places.questions.at("reward").place == Place{1, 3});
  CHECK(loaded.places.passages.at("nuri-backend").place == Place{2, 5});
}

TEST_CASE("every key of a question arrives") {
  const DatasetFolder folder;
  const LoadedDataset loaded = folder.load(R"(- id: all-1
  type: false_premise
  question: 누리는 왜 야근이 없나요?
  passages: [other, nuri-backend]
  evidence: nuri-backend
  answer: 야근이 없다는 전제가 맞지 않습니다.
  answerable: false
  premise: stale
  references:
    - text: 2024
    - {number: 3년, tolerance: 1개월}
    - date: 2026-12
    - yes_no: no
    - set: [Kafka, [웹 접근성, 접근성]]
    - list: [서류, 코딩테스트, 실무]
  forbidden:
    - {yes_no: yes, kind: false_premise}
    - {date: 2025-01-01, kind: stale}
    - {text: [상시, 수시], kind: tool}
  basis: computed
  compute: 12*3
  because: 이유
  as_of: 2026-11-22
  valid_from: 2026-01-01
  valid_to: 2026-12-31
  grade: V-LAW
  source: 주택법 제1조
  pair: all
  language: any
  partial: true
  tools:
    - {name: search, description: 찾기, output: {건수: 3, 목록: [가, '4'], 없음: ~, 참: true}}
    - {name: fail, description: 실패, parameters: '{"type":"object"}', error: 503}
  tags: [가, 나]
- id: all-2
  type: open_closed
  question: 닫힌 문항
  book: closed
  answer: 네, 100만원입니다.
  references: [{number: 100만원}]
  grade: FICTION
  pair: all
)");
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.dataset);
  const Question& q = loaded.dataset->questions[0];
  CHECK(q.type == QuestionType::false_premise);
  CHECK_FALSE(q.answerable);
  CHECK(q.premise == Premise::stale);
  CHECK(q.evidence == std::vector<std::string>{"nuri-backend"});
  REQUIRE(q.references.size() == 6);
  CHECK(std::get<TextRef>(q.references[0]).aliases == std::vector<std::string>{"2024"});
  CHECK(std::get<NumberRef>(q.references[1]).tolerance == "1개월");
  CHECK(std::get<DateRef>(q.references[2]).iso == "2026-12");
  CHECK_FALSE(std::get<YesNoRef>(q.references[3]).yes);
  CHECK(std::get<SetRef>(q.references[4]).items ==
        std::vector<std::vector<std::string>>{{"Kafka"}, {"웹 접근성", "접근성"}});
  CHECK(std::get<ListRef>(q.references[5]).items.size() == 3);
  REQUIRE(q.forbidden.size() == 3);
  CHECK(std::get<YesNoRef>(q.forbidden[0].value).yes);
  CHECK(q.forbidden[0].kind == HallucinationKind::false_premise);
  CHECK(q.forbidden[2].kind == HallucinationKind::tool);
  CHECK(q.basis == Basis::computed);
  CHECK(q.compute == "12*3");
  CHECK(q.because == "이유");
  CHECK(q.as_of == Day{2026, 11, 22});
  CHECK(q.valid_from == Day{2026, 1, 1});
  CHECK(q.valid_to == Day{2026, 12, 31});
  CHECK(q.grade == Grade::law);
  CHECK(q.source == "주택법 제1조");
  CHECK(q.language == "any");
  CHECK(q.partial_credit);
  REQUIRE(q.tools.size() == 2);
  CHECK(q.tools[0].output == R"({"건수":3,"목록":["가","4"],"없음":null,"참":true})");
  CHECK(q.tools[0].parameters_json == R"({"type":"object","properties":{}})");
  CHECK(q.tools[1].parameters_json == R"({"type":"object"})");
  CHECK(q.tools[1].error == "503");
  CHECK(q.tags == std::vector<std::string>{"가", "나"});
  const Question& closed = loaded.dataset->questions[1];
  CHECK(closed.closed_book);
  CHECK(closed.basis == Basis::knowledge);
}

TEST_CASE("grade and source are those of the evidence, the lowest first") {
  const DatasetFolder folder;
  folder.write("nuri/passages/law.md",
               "---\nid: law\ntitle: 법\nkind: policy\ngrade: V-LAW\nsource: 법 제1조\n---\n3년\n");
  const std::string two = question("evidence: [nuri-backend]", "evidence: [nuri-backend, law]");
  const std::string text = std::string(two).replace(two.find("other]"), 6, "law]");
  const LoadedDataset loaded = folder.load(text);
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.dataset);
  CHECK(loaded.dataset->questions[0].grade == Grade::fiction);
  CHECK(loaded.dataset->questions[0].source == "자체 창작; 법 제1조");
}

TEST_CASE("text is kept as written, in jamo too") {
  const DatasetFolder folder;
  // "합격" in jamo, as macOS writes it.
  const std::string nfd = "\u1112\u1161\u11b8\u1100\u1167\u11a8";
  const LoadedDataset loaded = folder.load(question("합격보상금은 얼마", nfd + "보상금은 얼마"));
  REQUIRE(loaded.dataset);
  CHECK(loaded.dataset->questions[0].text == nfd + "보상금은 얼마인가요?");
}

TEST_CASE("mistakes in a question are told with place and expectation") {
  const DatasetFolder folder;
  const auto removed = [](const std::string& line) { return question(line, ""); };
  const std::vector<Mistake> mistakes = {
      {"no list", "id: reward\n",
       "nuri/questions/q.yaml:1:1: error: a file of questions is a list (- id: ...); found a map\n"},
      {"a missing key", removed("  type: single_fact\n"),
       "nuri/questions/q.yaml:1:3: error: a question needs the key 'type'\n"},
      {"an unknown key", question("", "  passage: [other]\n"),
       "nuri/questions/q.yaml:11:3: error: unknown key 'passage'; did you mean 'passages'?\n"},
      {"an unknown type", question("single_fact", "single-fact"),
       "nuri/questions/q.yaml:2:9: error: unknown type 'single-fact'; did you mean 'single_fact'?\n"},
      {"an id in capitals", question("id: reward", "id: Reward_1"),
       "nuri/questions/q.yaml:1:7: error: an id is lower case letters, digits and hyphens; found 'Reward_1'\n"},
      {"an id with two hyphens", question("id: reward", "id: re--ward"),
       "nuri/questions/q.yaml:1:7: error: an id is lower case letters, digits and hyphens; found 're--ward'\n"},
      {"an id given twice", question() + question(),
       "nuri/questions/q.yaml:11:3: error: question 'reward' is there twice; first at nuri/questions/q.yaml:1\n"},
      {"an unknown passage", question("[nuri-backend, other]", "[nuri-backend, othr]"),
       "nuri/questions/q.yaml:4:28: error: no passage 'othr' in nuri/passages; did you mean 'other'?\n"},
      {"evidence that is not shown", question("[nuri-backend, other]", "[other]"),
       "nuri/questions/q.yaml:5:13: error: evidence 'nuri-backend' is not among the question's passages\n"},
      {"a distractor as evidence", question("evidence: [nuri-backend]", "evidence: [nuri-backend, other]"),
       "nuri/questions/q.yaml:5:28: error: evidence 'other' is a passage with distractor: true\n"},
      {"a passage named twice", question("[nuri-backend, other]", "[nuri-backend, nuri-backend]"),
       "nuri/questions/q.yaml:4:13: error: passages names 'nuri-backend' twice\n"},
      {"no references", removed("  references:\n    - number: 100만원\n"),
       "nuri/questions/q.yaml:1:3: error: an answerable question needs references (what its answer must say)\n"},
      {"empty references", question("references:\n    - number: 100만원", "references: []"),
       "nuri/questions/q.yaml:7:15: error: an answerable question needs one reference or more\n"},
      {"a premise of an answerable question", question("", "  premise: stale\n"),
       "nuri/questions/q.yaml:11:12: error: a premise other than ok needs answerable: false\n"},
      {"unanswerable, yet answerable", question("single_fact", "unanswerable"),
       "nuri/questions/q.yaml:2:9: error: type unanswerable needs answerable: false\n"},
      {"answerable in words", question("", "  answerable: nein\n"),
       "nuri/questions/q.yaml:11:15: error: answerable must be true or false; found 'nein'\n"},
      {"answerable in quotes", question("", "  answerable: 'false'\n"),
       "nuri/questions/q.yaml:11:15: error: answerable must be true or false without quotes; found 'false'\n"},
      {"a closed book with passages", question("", "  book: closed\n  basis: extractive\n"),
       "nuri/questions/q.yaml:4:13: error: book: closed shows no passage; remove passages\n"},
      {"a closed book that is not knowledge",
       question("  passages: [nuri-backend, other]\n  evidence: [nuri-backend]\n",
                "  book: closed\n  basis: extractive\n"),
       "nuri/questions/q.yaml:1:3: error: an answerable question with book: closed needs basis: knowledge\n"},
      {"knowledge with an open book", question("", "  basis: knowledge\n"),
       "nuri/questions/q.yaml:11:10: error: basis: knowledge is for book: closed\n"},
      {"no passages", removed("  passages: [nuri-backend, other]\n  evidence: [nuri-backend]\n"),
       "nuri/questions/q.yaml:1:3: error: an answerable question needs passages that support its answer\n"},
      {"a number without a quantity", question("number: 100만원", "number: 많이"),
       "nuri/questions/q.yaml:8:15: error: cannot read '많이' as one quantity, such as 120만원, 3년, 4.5%, 84㎡\n"},
      {"two quantities", question("number: 100만원", "number: 100만원 또는 3년"),
       "nuri/questions/q.yaml:8:15: error: cannot read '100만원 또는 3년' as one quantity, such as 120만원, 3년, 4.5%, "
       "84㎡\n"},
      {"a tolerance in another unit", question("- number: 100만원", "- {number: 100만원, tolerance: 3년}"),
       "nuri/questions/q.yaml:8:34: error: the tolerance '3년' is not in the unit of '100만원'\n"},
      {"a tolerance of a text", question("- number: 100만원", "- {text: 100만원, tolerance: 1만원}"),
       "nuri/questions/q.yaml:8:32: error: only a number has a tolerance\n"},
      {"a date that is none", question("number: 100만원", "date: 2026-13"),
       "nuri/questions/q.yaml:8:13: error: cannot read '2026-13' as a date: 2026-12-15, 2026-12 or 2026\n"},
      {"two values in one part", question("- number: 100만원", "- {number: 100만원, text: 백만원}"),
       "nuri/questions/q.yaml:8:23: error: a reference holds one value; 'number' and 'text' are two: write two "
       "parts\n"},
      {"no value in a part", question("- number: 100만원", "- {tolerance: 1만원}"),
       "nuri/questions/q.yaml:8:7: error: a reference needs one of text, number, date, yes_no, set, list\n"},
      {"a part that is text", question("- number: 100만원", "- 100만원"),
       "nuri/questions/q.yaml:8:7: error: a reference must be a map of keys (text, ...); found '100만원'\n"},
      {"an alias that all answers meet", question("number: 100만원", "text: [백만원, '...']"),
       "nuri/questions/q.yaml:8:19: error: '...' has no letter, digit or sign; any answer would meet it\n"},
      {"an empty list of aliases", question("number: 100만원", "text: []"),
       "nuri/questions/q.yaml:8:13: error: an empty list of aliases\n"},
      {"a set of one", question("number: 100만원", "set: [하나]"),
       "nuri/questions/q.yaml:8:12: error: a set has two items or more; use text for one\n"},
      {"neither yes nor no", question("number: 100만원", "yes_no: maybe"),
       "nuri/questions/q.yaml:8:15: error: unknown yes_no 'maybe'; one of yes, no, true, false\n"},
      {"a forbidden value without kind", question("{number: 70만원, kind: swapped}", "{number: 70만원}"),
       "nuri/questions/q.yaml:10:7: error: a forbidden value needs the key 'kind'\n"},
      {"an unknown kind", question("kind: swapped", "kind: swaped"),
       "nuri/questions/q.yaml:10:28: error: unknown kind 'swaped'; did you mean 'swapped'?\n"},
      {"a forbidden set", question("{number: 70만원, kind: swapped}", "{set: [가, 나], kind: swapped}"),
       "nuri/questions/q.yaml:10:8: error: unknown key 'set'; a forbidden value has: text, number, tolerance, date, "
       "yes_no, kind\n"},
      {"computed without compute", question("", "  basis: computed\n"),
       "nuri/questions/q.yaml:11:10: error: basis: computed needs compute\n"},
      {"compute without computed", question("", "  compute: 50+50\n"),
       "nuri/questions/q.yaml:11:12: error: compute needs basis: computed\n"},
      {"compute that is no arithmetic", question("", "  basis: computed\n  compute: 1,000/10\n"),
       "nuri/questions/q.yaml:12:12: error: cannot compute '1,000/10': ',' is not expected at character 2\n"},
      {"compute without a number",
       question("number: 100만원", "text: 백만원") + "  basis: computed\n  compute: 50+50\n",
       "nuri/questions/q.yaml:12:12: error: compute needs a reference with a number\n"},
      {"compute of a number that cannot be read",
       question("number: 100만원", "number: 많이") + "  basis: computed\n  compute: 50+50\n",
       "nuri/questions/q.yaml:8:15: error: cannot read '많이' as one quantity, such as 120만원, 3년, 4.5%, 84㎡\n"},
      {"inferred without because", question("", "  basis: inferred\n"),
       "nuri/questions/q.yaml:11:10: error: basis: inferred needs because\n"},
      {"a day that is none", question("", "  as_of: 2026-11-31\n"),
       "nuri/questions/q.yaml:11:10: error: as_of must be a day that exists, as 2026-11-22; found '2026-11-31'\n"},
      {"an end before the beginning", question("", "  valid_from: 2026-02-01\n  valid_to: 2026-01-31\n"),
       "nuri/questions/q.yaml:12:13: error: valid_to 2026-01-31 is before valid_from 2026-02-01\n"},
      {"an unknown grade", question("", "  grade: V-LAWS\n"),
       "nuri/questions/q.yaml:11:10: error: unknown grade 'V-LAWS'; did you mean 'V-LAW'?\n"},
      {"an unknown language", question("", "  language: kr\n"),
       "nuri/questions/q.yaml:11:13: error: unknown language 'kr'; did you mean 'ko'?\n"},
      {"a twin without its twin", question("", "  pair: nuri-1\n"),
       "nuri/questions/q.yaml:1:3: error: question 'reward' is the only one of pair 'nuri-1'\n"},
      {"a tool that gives nothing", question("", "  tools:\n    - {name: a, description: b}\n"),
       "nuri/questions/q.yaml:12:7: error: a tool gives either an output or an error\n"},
      {"a tool with parameters that are no schema",
       question("", "  tools:\n    - {name: a, description: b, output: c, parameters: '[1]'}\n"),
       "nuri/questions/q.yaml:12:56: error: parameters must be a JSON Schema, as a map or as JSON text\n"},
      {"a tag that is a map", question("", "  tags: [{a: b}]\n"),
       "nuri/questions/q.yaml:11:10: error: each of tags must be text; found a map\n"},
      {"tags that are a map", question("", "  tags: {a: b}\n"),
       "nuri/questions/q.yaml:11:9: error: tags must be a list; found a map\n"},
      {"an empty answer", question("answer: 합격보상금은 100만원입니다.", "answer: ' '"),
       "nuri/questions/q.yaml:6:11: error: answer must be text; found an empty one\n"},
      {"an alias of another value", question("answer: 합격보상금은 100만원입니다.", "answer: *a"),
       "nuri/questions/q.yaml:6:11: error: aliases (*name) are not supported; write the value out, or put it in "
       "quotes\n"},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.rule);
    const LoadedDataset loaded = folder.load(mistake.text);
    CHECK(folder.told(loaded.diagnostics) == mistake.told);
    CHECK_FALSE(loaded.dataset);
  }
}

TEST_CASE("mistakes in a passage are told with the line of the file") {
  const std::string passage = k_passage;
  const auto with = [&](const std::string& from, const std::string& to) {
    REQUIRE(passage.find(from) != std::string::npos);
    return std::string(passage).replace(passage.find(from), from.size(), to);
  };
  const std::vector<Mistake> mistakes = {
      {"no front matter", "# 제목\n",
       "1:1: error: a passage begins with '---' and its front matter (id, title, kind, grade)\n"},
      {"an open front matter", "---\nid: nuri-backend\n",
       "1:1: error: the front matter is not closed by a line '---'\n"},
      {"no title", with("title: 별마루테크랩 백엔드\n", ""), "2:1: error: a passage needs the key 'title'\n"},
      {"an unknown key", with("source:", "sources:"), "7:1: error: unknown key 'sources'; did you mean 'source'?\n"},
      {"another id than the file's", with("id: nuri-backend", "id: nuri-frontend"),
       "2:5: error: the id 'nuri-frontend' is not the file's name 'nuri-backend'\n"},
      {"an unknown kind", with("kind: posting", "kind: postings"),
       "4:7: error: unknown kind 'postings'; did you mean 'posting'?\n"},
      {"an unknown grade", with("grade: FICTION", "grade: fiction"),
       "6:8: error: unknown grade 'fiction'; did you mean 'FICTION'?\n"},
      {"a day that is none", with("2026-11-03", "2026.11.3"),
       "5:8: error: as_of must be a day that exists, as 2026-11-22; found '2026.11.3'\n"},
      {"a flag that is none", with("source: 자체 창작", "distractor: 예"),
       "7:13: error: distractor must be true or false; found '예'\n"},
      {"front matter that is no YAML", with("source: 자체 창작", "source: 자체: 창작"),
       "7:11: error: a ': ' inside a value; put the value in quotes\n"},
      {"no body", passage.substr(0, passage.find("# 별마루")),
       " error: the passage has no text below its front matter\n"},
      {"bytes that are not UTF-8", passage + "\xB0\xA1\n",
       "12:1: error: not UTF-8 from here on; save the file as UTF-8\n"},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.rule);
    const DatasetFolder folder;
    folder.write("nuri/passages/nuri-backend.md", mistake.text);
    const LoadedDataset loaded = folder.load(question());
    CHECK(folder.told(loaded.diagnostics) == "nuri/passages/nuri-backend.md:" + mistake.told);
    CHECK_FALSE(loaded.dataset);
  }
}

TEST_CASE("a passage may hold a line of dashes and end without a line end") {
  const DatasetFolder folder;
  folder.write("nuri/passages/nuri-backend.md", std::string(k_passage) + "\n---\n\n뒤의 글");
  const LoadedDataset loaded = folder.load(question());
  REQUIRE(loaded.dataset);
  CHECK(loaded.dataset->find_passage("nuri-backend")->text.ends_with("\n\n---\n\n뒤의 글"));
}

TEST_CASE("a checkout with CRLF and a byte order mark gives the same digests") {
  const DatasetFolder unix_folder;
  const DatasetFolder dos_folder;
  std::string dos = "\xEF\xBB\xBF" + std::string(k_passage);
  for (std::size_t at = dos.find('\n'); at != std::string::npos; at = dos.find('\n', at + 2))
    dos.replace(at, 1, "\r\n");
  dos_folder.write("nuri/passages/nuri-backend.md", dos);
  const LoadedDataset a = unix_folder.load(question());
  const LoadedDataset b = dos_folder.load(question());
  REQUIRE(a.dataset);
  REQUIRE(b.dataset);
  CHECK(a.dataset->digest == b.dataset->digest);
}

TEST_CASE("mistakes of the folder") {
  const DatasetFolder folder;
  SUBCASE("there is none") {
    const LoadedDataset loaded = load_dataset(folder.path() / "nowhere");
    CHECK(folder.told(loaded.diagnostics) == "nowhere: error: no such folder\n");
  }
  SUBCASE("nothing means here") {
    const LoadedDataset loaded = load_dataset("");
    REQUIRE_FALSE(loaded.diagnostics.empty());
    CHECK(to_string(loaded.diagnostics[0]).starts_with("./dataset.yaml: error: cannot read"));
  }
  SUBCASE("it has no questions") {
    CHECK(folder.told(folder.load().diagnostics) == "nuri: error: no questions: questions/*.yaml\n");
  }
  SUBCASE("its name is another") {
    folder.write("nuri/dataset.yaml", "name: dasom\ntitle: 누리\nlanguage: ko\nlicense: CC0\nversion: 1\n");
    CHECK(folder.told(folder.load(question()).diagnostics) ==
          "nuri/dataset.yaml:1:7: error: the name 'dasom' is not the folder's name 'nuri'\n");
  }
  SUBCASE("a file is not read because of its ending") {
    folder.write("nuri/questions/more.yml", question());
    const LoadedDataset loaded = folder.load(question());
    CHECK(folder.told(loaded.diagnostics) == "nuri/questions/more.yml: warning: not read: files here end in .yaml\n");
    CHECK(loaded.dataset);
  }
  SUBCASE("a passage stands in two folders") {
    folder.write("nuri/passages/zwei/other.md",
                 "---\nid: other\ntitle: 다른 공고\nkind: posting\ngrade: V-WEB\n---\n글\n");
    CHECK(
        folder.told(folder.load(question()).diagnostics) ==
        "nuri/passages/zwei/other.md:2:5: error: passage 'other' is there twice; first at nuri/passages/other.md:2\n");
  }
  SUBCASE("an id stands in two files") {
    folder.write("nuri/questions/a.yaml", question());
    CHECK(folder.told(folder.load(question()).diagnostics) ==
          "nuri/questions/q.yaml:1:3: error: question 'reward' is there twice; first at nuri/questions/a.yaml:1\n");
  }
  SUBCASE("a slash at its end changes nothing") {
    folder.load(question());
    CHECK(load_dataset(folder.path() / "nuri/").dataset);
  }
}

TEST_CASE("twins that could not be read do not make their twins lonely") {
  const DatasetFolder folder;
  std::string second = question("", "  pair: p\n  as_of: gestern\n");
  second.replace(second.find("reward"), 6, "second");
  const LoadedDataset loaded = folder.load(question("", "  pair: p\n") + second);
  CHECK(folder.told(loaded.diagnostics) ==
        "nuri/questions/q.yaml:23:10: error: as_of must be a day that exists, as 2026-11-22; found 'gestern'\n");
}

}  // namespace plumb
