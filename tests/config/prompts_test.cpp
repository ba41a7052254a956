#include <doctest/doctest.h>

#include "config/config.h"
#include "temp_folder.h"

namespace plumb {

namespace {

using test::Mistake;
using test::TempFolder;

}  // namespace

TEST_CASE("a prompt needs only what is sent; member and name are those of folder and file") {
  const TempFolder folder;
  const LoadedPrompt loaded = load_prompt(folder.write("prompts/하나/간단.yaml", "user: |\n  {{ question }}\n"));
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.prompt);
  CHECK(loaded.prompt->member == "하나");
  CHECK(loaded.prompt->name == "간단");
  CHECK(loaded.prompt->user == "{{ question }}");
  CHECK(loaded.prompt->system == "");
  CHECK(loaded.prompt->digest != "");
}

TEST_CASE("a member's folder in jamo, as a Mac writes it, is the same member") {
  const std::string nfd = "\u1112\u1161\u1102\u1161";  // 하나
  const LoadedPrompt loaded = load_prompt("prompts/" + nfd + "/x.yaml", "member: 하나\nuser: '{{question}}'\n");
  CHECK(loaded.diagnostics.empty());
  REQUIRE(loaded.prompt);
  CHECK(loaded.prompt->member == "하나");
}

TEST_CASE("every key of a prompt arrives") {
  const TempFolder folder;
  const LoadedPrompt loaded = load_prompt(folder.write("prompts/duri/x.yaml", R"(member: duri
name: strict
description: 엄격하게
system: |
  자료로만 답한다.
user: '{{context}} {{as_of}} {{question}}'
parameters: {temperature: 0.2, tokens_max: 100}
models: mini
retrievals: [gold, bm25]
)"));
  CHECK(folder.told(loaded.diagnostics) == "");
  REQUIRE(loaded.prompt);
  CHECK(loaded.prompt->member == "duri");
  CHECK(loaded.prompt->name == "strict");
  CHECK(loaded.prompt->description == "엄격하게");
  CHECK(loaded.prompt->system == "자료로만 답한다.");
  CHECK(loaded.prompt->parameters == Parameters{.temperature = 0.2, .top_p = {}, .tokens_max = 100, .seed = {}});
  CHECK(loaded.prompt->models == std::vector<std::string>{"mini"});
  CHECK(loaded.prompt->retrievals == std::vector<std::string>{"gold", "bm25"});
}

TEST_CASE("a submission that is not saved yet is checked by its text") {
  const LoadedPrompt good = load_prompt("prompts/hana/new.yaml", "user: '{{question}}'\n");
  REQUIRE(good.prompt);
  CHECK(good.prompt->member == "hana");
  const LoadedPrompt bad = load_prompt("prompts/hana/new.yaml", "usr: x\n");
  REQUIRE(bad.diagnostics.size() == 2);
  CHECK(to_string(bad.diagnostics[0]) == "prompts/hana/new.yaml:1:1: error: unknown key 'usr'; did you mean 'user'?");
  CHECK(to_string(bad.diagnostics[1]) == "prompts/hana/new.yaml:1:1: error: a prompt needs the key 'user'");
}

TEST_CASE("system: \"\" says that there is no system message") {
  const LoadedPrompt loaded = load_prompt("prompts/hana/new.yaml", "system: \"\"\nuser: '{{question}}'\n");
  CHECK(loaded.diagnostics.empty());
  REQUIRE(loaded.prompt);
  CHECK(loaded.prompt->system == "");
}

TEST_CASE("turns come before user, and any of them may ask the question") {
  const LoadedPrompt loaded =
      load_prompt("prompts/hana/new.yaml", "turns: ['안녕', '{{question}}']\nuser: 정말인가요?\n");
  CHECK(loaded.diagnostics.empty());
  REQUIRE(loaded.prompt);
  CHECK(loaded.prompt->turns == std::vector<std::string>{"안녕", "{{question}}"});
  CHECK(loaded.prompt->user == "정말인가요?");
  const LoadedPrompt single = load_prompt("prompts/hana/new.yaml", "turns: '{{question}}'\nuser: 정말?\n");
  REQUIRE(single.prompt);
  CHECK(single.prompt->turns.size() == 1);
  CHECK(single.prompt->digest != loaded.prompt->digest);
}

// A submission is anybody's: it names models of eval.yaml, and says nothing of where they are or who pays.
TEST_CASE("a submission has no address, header, key, command or body of its own") {
  for (const char* line :
       {"url: https://evil.example", "http: {body: '{{question}}'}", "headers: {A: b}", "key: x", "api_key: x",
        "command: [sh, -c, id]", "provider: exec", "price: {input: 0, output: 0}", "rates: {in_flight_max: 9999}",
        "parameters: {extra: {mcp_servers: [{url: 'https://evil.example'}]}}", "models: {provider: exec, command: id}",
        "models: [{provider: http, url: 'https://evil.example'}]"}) {
    CAPTURE(line);
    const LoadedPrompt loaded =
        load_prompt("prompts/hana/new.yaml", std::string("user: '{{question}}'\n") + line + "\n");
    CHECK(has_errors(loaded.diagnostics));
    CHECK_FALSE(loaded.prompt);
  }
  // A model's short form is only a name here, which eval.yaml does not have.
  const LoadedPrompt named = load_prompt("prompts/hana/new.yaml", "user: '{{question}}'\nmodels: ['exec:id']\n");
  REQUIRE(named.prompt);
  CHECK(named.prompt->models == std::vector<std::string>{"exec:id"});
}

TEST_CASE("mistakes in a prompt are told at their place in the text") {
  const TempFolder folder;
  const std::vector<Mistake> mistakes = {
      {"nothing is asked", "user: 답하세요\n",
       "p/hana/x.yaml:1:7: error: user must hold {{question}}, or the model is not asked anything\n"},
      {"nothing is asked in any turn", "turns: [안녕, 그래]\nuser: 답하세요\n",
       "p/hana/x.yaml:2:7: error: user or one of turns must hold {{question}}, or the model is not asked anything\n"},
      {"a misspelt placeholder in a turn", "turns:\n  - 안녕\n  - '{{question}} {{contxt}}'\nuser: 답하세요\n",
       "p/hana/x.yaml:3:19: error: unknown placeholder 'contxt'; did you mean 'context'?\n"},
      {"a misspelt placeholder in a block",
       "user: |  # {{nothing here}}\n  [자료]\n  가나다 {{contxt}}\n\n  {{question}}\n",
       "p/hana/x.yaml:3:7: error: unknown placeholder 'contxt'; did you mean 'context'?\n"},
      {"a misspelt placeholder in folded text", "user: >\n  {{question}}\n  그리고\n  또 {{as_off}}\n",
       "p/hana/x.yaml:4:5: error: unknown placeholder 'as_off'; did you mean 'as_of'?\n"},
      {"a misspelt placeholder in quotes", "user: \"{{question}} {{a}}\"\n",
       "p/hana/x.yaml:1:21: error: unknown placeholder 'a'; there are question, context, as_of\n"},
      {"a reference in a template", "user: '{{question}} {{answer}}'\n",
       "p/hana/x.yaml:1:21: error: unknown placeholder 'answer'; there are question, context, as_of\n"},
      {"an open placeholder", "user: |\n  {{question}}\n  {{context\n",
       "p/hana/x.yaml:3:3: error: '{{' without a name and '}}' on the same line; write {{question}}\n"},
      {"an unknown placeholder in system", "system: 오늘은 {{today}}\nuser: '{{question}}'\n",
       "p/hana/x.yaml:1:13: error: unknown placeholder 'today'; there are question, context, as_of\n"},
      {"another member's name", "member: duri\nuser: '{{question}}'\n",
       "p/hana/x.yaml:1:9: error: member is 'duri', but the file lies in the folder 'hana'\n"},
      {"an address", "user: '{{question}}'\nbase_url: https://evil.example\n",
       "p/hana/x.yaml:2:1: error: unknown key 'base_url'; a prompt has: member, name, description, system, turns, "
       "user, "
       "parameters, models, retrievals\n"},
      {"a header", "user: '{{question}}'\nheaders: {Authorization: Bearer x}\n",
       "p/hana/x.yaml:2:1: error: unknown key 'headers'; a prompt has: member, name, description, system, turns, user, "
       "parameters, models, retrievals\n"},
      {"a variable that holds a key", "user: '{{question}}'\nkey_env: OPENAI_API_KEY\n",
       "p/hana/x.yaml:2:1: error: unknown key 'key_env'; a prompt has: member, name, description, system, turns, user, "
       "parameters, models, retrievals\n"},
      {"a key in a template", "user: '{{question}} sk-proj-Abc123Def456Ghi789'\n",
       "p/hana/x.yaml:1:7: error: this looks like an API key; take it out, put it into an environment variable, and "
       "name the variable in key_env\n"},
      {"a separator in a name", "name: a · b\nuser: '{{question}}'\n",
       "p/hana/x.yaml:1:7: error: the name of a prompt must not hold ' · ', which separates the parts of a system's "
       "name\n"},
      {"a map as user", "user: {a: b}\n", "p/hana/x.yaml:1:7: error: user must be text; found a map\n"},
      {"braces without quotes", "user: {{question}}\n",
       "p/hana/x.yaml:1:8: error: text that begins with {{ must stand in quotes or after |\n"},
      {"an empty file", "# 아직 없음\n",
       "p/hana/x.yaml:1:1: error: a prompt must be a map of keys (member, ...); found nothing\n"},
  };
  for (const Mistake& mistake : mistakes) {
    CAPTURE(mistake.rule);
    const LoadedPrompt loaded = load_prompt(folder.write("p/hana/x.yaml", mistake.text));
    CHECK(folder.told(loaded.diagnostics) == mistake.told);
    CHECK_FALSE(loaded.prompt);
  }
}

}  // namespace plumb
