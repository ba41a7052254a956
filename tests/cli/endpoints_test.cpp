#include "cli/endpoints.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace plumb {

namespace {

namespace fs = std::filesystem;

Model model(const std::string& name, const std::string& provider, const std::string& base_url = "",
            const std::string& key_env = "") {
  Model made;
  made.name = name;
  made.provider = provider;
  made.id = name;
  made.base_url = base_url;
  made.key_env = key_env;
  return made;
}

HttpResponse answered(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

}  // namespace

TEST_CASE("an endpoint is asked once for each key, and what needs no network is not asked") {
  EvalSpec spec;
  spec.models = {model("a", "openai", "", "KEY_1"),
                 model("b", "openai", "https://api.openai.com/v1", "KEY_1"),  // the same, written out
                 model("c", "openai", "", "KEY_2"),
                 model("d", "openai", "http://localhost:8000/v1"),
                 model("e", "ollama", "http://localhost:8000/v1"),
                 model("oracle", "builtin")};
  Model program = model("bot", "exec");
  program.program = std::make_shared<Program>();
  spec.models.push_back(program);
  std::vector<std::string> names;
  for (const Model* each : endpoints_of(spec)) names.push_back(each->name);
  CHECK(names == std::vector<std::string>{"a", "c", "d", "e"});
  CHECK(endpoint_name(spec.models[0], spec) == "https://api.openai.com/v1, KEY_1");
  CHECK(endpoint_name(spec.models[2], spec) == "https://api.openai.com/v1, KEY_2");
  CHECK(endpoint_name(spec.models[3], spec) == "http://localhost:8000/v1");
}

TEST_CASE("only an answer that a run could use is well") {
  const Model vendor = model("a", "openai", "", "KEY_1");
  CHECK(judge_probe(vendor, answered(200)).good);
  CHECK(judge_probe(vendor, answered(429)).good);  // there, and takes the key
  for (int status : {0, 301, 401, 403, 404, 500, 503}) {
    CAPTURE(status);
    CHECK_FALSE(judge_probe(vendor, answered(status)).good);
  }
  CHECK(judge_probe(vendor, answered(401)).words == "answers 401: the key in KEY_1 is not accepted");
  CHECK(judge_probe(model("a", "openai", "http://h/v1"), answered(401)).words ==
        "answers 401: it wants a key; name its variable in key_env");
}

TEST_CASE("of a service of one's own only its origin is asked: any page, and none, is an answer") {
  Model service = model("bot", "http", "http://localhost:8000/ask", "KEY_1");
  service.http = HttpService{};
  for (int status : {200, 301, 401, 404, 405}) CHECK(judge_probe(service, answered(status)).good);
  for (int status : {0, 500, 502}) CHECK_FALSE(judge_probe(service, answered(status)).good);
}

TEST_CASE("a program is looked for as it will be started") {
  std::string name = (fs::temp_directory_path() / "plumb-endpoints-XXXXXX").string();
  const fs::path folder = ::mkdtemp(name.data());
  std::ofstream(folder / "bot.py") << "print(1)\n";
  std::ofstream(folder / "run") << "#!/bin/sh\n";
  const auto check = [&](std::vector<std::string> command) {
    return check_program(Program{std::move(command), folder.string(), 0});
  };
  CHECK(check({"sh", "-c", "true"}).good);
  CHECK(check({"sh", "bot.py"}).good);
  CHECK(check({"sh", "other.py"}).words == "no file 'other.py' in '" + folder.string() + "'");
  CHECK(check({"no-such-program-here"}).words == "no program 'no-such-program-here' in PATH that may be run");
  CHECK_FALSE(check({"./run"}).good);  // not executable yet
  fs::permissions(folder / "run", fs::perms::owner_all);
  CHECK(check({"./run"}).good);
  CHECK(check({(folder / "run").string()}).good);
  fs::remove_all(folder);
}

TEST_CASE("what is known of prices is told in one line") {
  EvalSpec spec;
  spec.models = {model("oracle", "builtin")};
  CHECK(describe_prices(spec) == "");
  spec.models.push_back(model("own", "openai"));
  spec.models.back().price = Price{1, 2, {}, ""};
  CHECK(describe_prices(spec) == "");
  spec.models.push_back(model("mini", "openai"));
  spec.models.back().price = Price{1, 2, {}, "2026-10-03"};
  CHECK(describe_prices(spec) == "of 2026-10-03 where eval.yaml has none");
  spec.models.push_back(model("tiny", "openai"));
  spec.models.push_back(model("rag", "http", "http://localhost"));
  spec.models.back().http = HttpService{};
  CHECK(describe_prices(spec) == "of 2026-10-03 where eval.yaml has none; not known for tiny: give it a `price`");
}

}  // namespace plumb
