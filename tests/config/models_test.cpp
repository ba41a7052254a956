#include "config/models.h"

#include <doctest/doctest.h>

#include "config/yaml.h"
#include "temp_folder.h"

namespace plumb {

namespace {

Model model_of(const std::string& yaml) {
  KnownNames known = test::known_names();
  known.providers = {"anthropic", "gemini", "ollama", "openai"};
  std::vector<Diagnostic> diagnostics;
  FileReport report("eval.yaml", diagnostics);
  const auto node = parse_yaml(yaml, report);
  REQUIRE(node);
  const auto model = read_model(*node, known, report);
  for (const Diagnostic& each : diagnostics) FAIL_CHECK(to_string(each));
  REQUIRE(model);
  return *model;
}

}  // namespace

TEST_CASE("at a vendor's own address the key is where the vendor says") {
  CHECK(model_of("openai:gpt-4o-mini").key_env == "OPENAI_API_KEY");
  CHECK(model_of("anthropic:claude-haiku-4-5").key_env == "ANTHROPIC_API_KEY");
  CHECK(model_of("gemini:gemini-2.5-flash").key_env == "GEMINI_API_KEY");
  CHECK(model_of("{provider: anthropic, id: claude-haiku-4-5}").key_env == "ANTHROPIC_API_KEY");
  CHECK(model_of("ollama:qwen3:8b").key_env == "");
  CHECK(model_of("builtin:extractive").key_env == "");
}

TEST_CASE("a key that is named, or an address of one's own, has no default") {
  for (const char* provider : {"openai", "anthropic", "gemini"}) {
    CAPTURE(provider);
    const std::string model = std::string("{provider: ") + provider + ", id: m, ";
    CHECK(model_of(model + "key_env: MY_KEY}").key_env == "MY_KEY");
    CHECK(model_of(model + "base_url: 'http://localhost:8000'}").key_env == "");
    CHECK(model_of(model + "base_url: 'http://localhost:8000', key_env: MY_KEY}").key_env == "MY_KEY");
  }
  CHECK(model_of("{provider: ollama, id: m, base_url: 'https://ollama.com', key_env: OLLAMA_API_KEY}").key_env ==
        "OLLAMA_API_KEY");
}

TEST_CASE("the short form's id keeps its colons and slashes; its name has no slash") {
  const Model quantized = model_of("ollama:qwen3:8b-q4_K_M");
  CHECK(quantized.provider == "ollama");
  CHECK(quantized.id == "qwen3:8b-q4_K_M");
  CHECK(quantized.name == "qwen3:8b-q4_K_M");
  const Model tuned = model_of("gemini:tunedModels/hana-1");
  CHECK(tuned.id == "tunedModels/hana-1");
  CHECK(tuned.name == "tunedModels-hana-1");
}

}  // namespace plumb
