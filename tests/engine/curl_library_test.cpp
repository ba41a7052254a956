#include "engine/curl_library.h"

#include <doctest/doctest.h>

namespace plumb {
namespace {

TEST_CASE("where libcurl cannot be loaded, the error says why and what to install") {
  const auto absent = load_curl_library("libnothing-of-this-name.so.4");
  REQUIRE_FALSE(absent);
  CHECK(absent.error().message.find("libnothing-of-this-name.so.4") != std::string::npos);
  CHECK(absent.error().message.find("apt-get install libcurl4") != std::string::npos);
  const auto other = load_curl_library("libc.so.6");  // a library, but not this one
  REQUIRE_FALSE(other);
  CHECK(other.error().message.find("curl_global_init") != std::string::npos);
}

TEST_CASE("libcurl is loaded once, with every function that is called") {
  const auto first = curl_library();
  REQUIRE(first);
  const auto second = curl_library();
  REQUIRE(second);
  CHECK(*first == *second);
  const bool whole = (*first)->multi_socket_action != nullptr;
  CHECK(whole);
}

}  // namespace
}  // namespace plumb
