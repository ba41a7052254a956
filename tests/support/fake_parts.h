// Parts that a spec may name in engine tests, each doing one thing a real one may do; and a spec to use them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "controls/control.h"
#include "engine/engine.h"
#include "providers/provider.h"
#include "retrieval/retriever.h"
#include "scorers/scorer.h"

namespace plumb::test {

// Says the same of every answer.
class PlainScorer final : public Scorer {
 public:
  Step<ChatRequest, Score> next(const Case& given, std::span<const Reply>) const override {
    Score score;
    score.scorer = "plain";
    score.value = 1.0;
    score.why = given.answer.text;
    return score;
  }
};

inline ChatRequest to_judge(const std::string& text) {
  ChatRequest request;
  request.model = "judge";
  request.messages = {{Message::Role::user, text}};
  return request;
}

// Asks the judge twice in two rounds, two questions and then one, and repeats what it was told, in order.
class PanelScorer final : public Scorer {
 public:
  Step<ChatRequest, Score> next(const Case& given, std::span<const Reply> replies) const override {
    const std::string& text = given.answer.text;
    if (replies.empty()) return Ask<ChatRequest>{{to_judge("strict? " + text), to_judge("mild? " + text)}};
    if (replies.size() == 2) return Ask<ChatRequest>{{to_judge("sure? " + text)}};
    Score score;
    score.scorer = "panel";
    bool all = true;
    for (const Reply& reply : replies) {
      const auto* completion = std::get_if<Completion>(&reply);
      score.why += completion ? completion->text.substr(0, completion->text.find('?')) + ";" : "failed;";
      all = all && completion;
    }
    if (all) score.value = 1.0;
    return score;
  }
};

// Never satisfied.
class EndlessScorer final : public Scorer {
 public:
  Step<ChatRequest, Score> next(const Case&, std::span<const Reply> replies) const override {
    return Ask<ChatRequest>{{to_judge("and now? " + std::to_string(replies.size()))}};
  }
};

// Shows the passages a question names; with `address`, only after asking a server for their ids.
class FakeRetriever final : public Retriever {
 public:
  FakeRetriever(const Dataset& dataset, std::string address) : dataset_(dataset), address_(std::move(address)) {}
  Step<HttpRequest, Result<std::vector<Passage>>> next(const Question& question,
                                                       std::span<const HttpResponse> replies) const override {
    if (!address_.empty() && replies.empty()) {
      return Ask<HttpRequest>{{{"GET", address_ + "/search?q=" + question.id, {}, ""}}};
    }
    std::vector<Passage> passages;
    for (const std::string& id : question.passages) {
      const Passage* passage = dataset_.find_passage(id);
      if (!passage) return Result<std::vector<Passage>>(Error{"no passage '" + id + "'"});
      passages.push_back(*passage);
    }
    return Result<std::vector<Passage>>(std::move(passages));
  }

 private:
  const Dataset& dataset_;
  std::string address_;
};

class FakeRetrieverKind final : public RetrieverKind {
 public:
  explicit FakeRetrieverKind(std::string address = "", std::string trouble = "")
      : address_(std::move(address)), trouble_(std::move(trouble)) {}
  Result<std::unique_ptr<Retriever>> prepare(const Retrieval&, const Dataset& dataset) const override {
    if (!trouble_.empty()) return Error{trouble_};
    return std::unique_ptr<Retriever>(std::make_unique<FakeRetriever>(dataset, address_));
  }

 private:
  std::string address_, trouble_;
};

class SeedControl final : public Control {
 public:
  ControlAnswer answer(const Question& question, std::uint64_t seed) const override {
    return {question.answer + " #" + std::to_string(seed), ""};
  }
};

// Computes its answers in the process.
class LocalProvider final : public Provider {
 public:
  HttpRequest encode(const Model&, const ChatRequest&, std::string_view) const override { return {}; }
  Result<Completion> decode(const HttpResponse&) const override { return Error{"never called"}; }
  std::string_view default_base_url() const override { return ""; }
  std::optional<Completion> answer(const Model&, const ChatRequest& request) const override {
    Completion completion;
    completion.text = "local: " + request.question + " / " + std::to_string(request.passages.size());
    completion.stop = Completion::Stop::finished;
    return completion;
  }
};

// Speaks as openai does, but takes "CALL name,name" for calls of tools, and "FROM text" for an answer of a service
// that has looked that text up for itself.
class CallingProvider final : public Provider {
 public:
  HttpRequest encode(const Model& model, const ChatRequest& request, std::string_view key) const override {
    ChatRequest plain = request;
    plain.tools.clear();
    for (Message& message : plain.messages) message.tool_calls.clear();
    HttpRequest http = find_provider("openai")->encode(model, plain, key);
    Json body = *parse_json(http.body);
    body["session"] = request.session;
    for (const ToolOffer& tool : request.tools) body["offered"].push_back(tool.name);
    http.body = dump_json(body);
    return http;
  }
  Result<Completion> decode(const HttpResponse& response) const override {
    auto completion = find_provider("openai")->decode(response);
    if (!completion) return completion;
    if (completion->text.starts_with("CALL ")) {
      completion->stop = Completion::Stop::tool_calls;
      for (const std::string_view name : split(std::string_view(completion->text).substr(5), ','))
        completion->tool_calls.push_back({.id = "c", .name = std::string(name), .arguments = "{}"});
      completion->text.clear();
    } else if (completion->text.starts_with("FROM ")) {
      completion->passages = std::vector<Passage>{{.id = "own-1", .text = completion->text.substr(5)}};
    }
    return completion;
  }
  std::string_view default_base_url() const override { return "http://calling"; }
};

// "openai" is the real one; the rest are those above.
inline Parts fake_parts() {
  static const PlainScorer plain;
  static const PanelScorer panel;
  static const EndlessScorer endless;
  static const FakeRetrieverKind gold, remote("http://search"), broken("", "the index is missing");
  static const SeedControl control;
  static const LocalProvider local;
  static const CallingProvider calling;
  Parts parts;
  parts.scorer = [](std::string_view name) -> const Scorer* {
    if (name == "plain") return &plain;
    if (name == "panel") return &panel;
    return name == "endless" ? &endless : nullptr;
  };
  parts.retriever = [](std::string_view name) -> const RetrieverKind* {
    if (name == "gold") return &gold;
    if (name == "remote") return &remote;
    return name == "broken" ? &broken : nullptr;
  };
  parts.control = [](std::string_view name) -> const Control* { return name == "oracle" ? &control : nullptr; };
  parts.provider = [](std::string_view name) -> const Provider* {
    if (name == "calling") return &calling;
    return name == "builtin" ? &local : find_provider(name);
  };
  return parts;
}

inline EngineOptions fake_options(int threads = 0) {
  EngineOptions options;
  options.threads = threads;
  options.key_of = [](const std::string& name) -> std::optional<std::string> {
    if (name == "UNSET") return std::nullopt;
    return "sk-secret-key-of-" + name;
  };
  options.parts = fake_parts();
  return options;
}

// m1 and m2 at vendors of their own, and a judge that no system uses; one passage, `questions` questions.
inline EvalSpec fake_spec(int questions, std::vector<std::string> scorers = {"plain"}) {
  EvalSpec spec;
  spec.name = "시험";
  Dataset dataset;
  dataset.name = "postings";
  Passage passage;
  passage.id = "nuri-backend";
  passage.dataset = dataset.name;
  passage.title = "누리솔루션 백엔드";
  passage.text = "합격보상금은 100만원이며 지원자와 추천인이 50만원씩 받습니다.";
  dataset.passages.push_back(passage);
  for (int i = 0; i < questions; ++i) {
    Question question;
    question.id = "q" + std::to_string(i);
    question.dataset = dataset.name;
    question.text = std::to_string(i) + "번 공고의 합격보상금은 얼마인가요?";
    question.answer = "합격보상금은 100만원입니다.";
    question.passages = {"nuri-backend"};
    question.references = {NumberRef{"100만원", ""}};
    dataset.questions.push_back(question);
  }
  seal(dataset);
  spec.datasets.push_back(std::move(dataset));
  for (const char* name : {"m1", "m2", "judge"}) {
    Model model;
    model.name = model.id = name;
    model.provider = "openai";
    model.base_url = std::string("http://") + name + "/v1";
    model.key_env = "KEY";
    spec.models.push_back(model);
  }
  PromptTemplate prompt;
  prompt.member = "hana";
  prompt.name = "plain";
  prompt.user = "{{context}}\n\n{{question}}";
  prompt.models = {"m1", "m2"};
  seal(prompt);
  spec.prompts = {prompt};
  Retrieval retrieval;
  retrieval.name = retrieval.retriever = "gold";
  spec.retrievals = {retrieval};
  spec.scorers = std::move(scorers);
  expand(spec);
  return spec;
}

inline std::vector<Task> tasks_of(const std::vector<Cell>& cells) {
  std::vector<Task> tasks;
  for (const Cell& cell : cells) tasks.push_back({cell, std::nullopt});
  return tasks;
}

// Keeps all news, and may fail or interrupt at a given point.
struct Log : Sink {
  std::vector<std::string> lines;
  std::map<Cell, AnswerRecord> records;
  std::map<Cell, std::vector<Score>> scores;
  std::map<Cell, OutcomeOf> outcomes;
  std::set<Cell> done;
  int answers = 0, failures = 0, finishes = 0, waits = 0;
  std::string waited_for;
  std::vector<std::string> stopped;  // accounts, and why
  std::optional<bool> complete;
  Engine* engine = nullptr;  // to interrupt
  int interrupt_after = 0;   // cells finished; 0: never
  int interrupts = 1;
  int fail_answer = 0;  // the k-th answer cannot be stored
  int fail_finish = 0;

  static std::string name(const Cell& cell) {
    return std::to_string(cell.system) + "/" + std::to_string(cell.question) + "/" + std::to_string(cell.trial);
  }
  Status answered(const Cell& cell, const AnswerRecord& record) override {
    ++answers;
    if (answers == fail_answer) return Error{"disk full"};
    const auto* failure = std::get_if<Failure>(&record.reply);
    failures += failure != nullptr;
    lines.push_back("answered " + name(cell) + " " +
                    (failure ? failure->message : std::get<Completion>(record.reply).text));
    records[cell] = record;
    return Done{};
  }
  Status finished(const Cell& cell, const std::vector<Score>& given, const OutcomeOf& outcome) override {
    ++finishes;
    if (finishes == fail_finish) return Error{"disk full"};
    lines.push_back("finished " + name(cell) + " " + to_string(outcome.outcome));
    scores[cell] = given;
    outcomes[cell] = outcome;
    done.insert(cell);
    if (engine && finishes == interrupt_after) {
      for (int i = 0; i < interrupts; ++i) engine->interrupt();
    }
    return Done{};
  }
  void waiting(std::chrono::milliseconds, const std::string& why) override {
    ++waits;
    waited_for = why;
  }
  void account_stopped(const std::string& why) override { stopped.push_back(why); }
  void run_finished(bool all) override { complete = all; }
};

}  // namespace plumb::test
