// What `plumb doctor` asks: each vendor's list of models, with the key in the vendor's own header.
#include <doctest/doctest.h>

#include "providers/provider.h"

namespace plumb {
namespace {

TEST_CASE("a probe asks for models, with the key in one header and nowhere else") {
  for (const std::string_view name : provider_names()) {
    if (name == "builtin" || name == "exec" || name == "http") continue;  // have no list of models
    CAPTURE(name);
    Model model;
    model.base_url = "http://127.0.0.1:9";
    const HttpRequest http = find_provider(name)->probe(model, "KEY-123");
    CHECK(http.method == "GET");
    CHECK(http.url.starts_with("http://127.0.0.1:9/"));
    CHECK(http.url.find("KEY-123") == std::string::npos);
    CHECK(http.body.empty());
    int headers_with_key = 0;
    for (const auto& [header, value] : http.headers) headers_with_key += value.find("KEY-123") != std::string::npos;
    CHECK(headers_with_key == (name == "ollama" ? 0 : 1));
  }
}

}  // namespace
}  // namespace plumb
