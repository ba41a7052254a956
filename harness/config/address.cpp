#include "config/address.h"

#include <fmt/format.h>

#include <string>

#include "base/text.h"

namespace plumb {

namespace {

// What a query calls a secret. Keys go into headers, because addresses are stored and shown.
bool query_holds_key(std::string_view url) {
  const std::size_t query = url.find('?');
  if (query == std::string_view::npos) return false;
  for (const std::string_view part : split(url.substr(query + 1), '&')) {
    const std::string name = fold(part.substr(0, part.find('='))).text;
    for (const char* word : {"key", "token", "secret", "password", "auth", "sig", "code"}) {
      if (contains(name, word)) return true;
    }
  }
  return false;
}

}  // namespace

std::string_view authority_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

std::string_view host_of(std::string_view url) {
  const std::string_view authority = authority_of(url);
  return authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1)
                                    : authority.substr(0, authority.find(':'));
}

bool is_local_host(std::string_view host) {
  return host == "localhost" || host.starts_with("127.") || host == "[::1]" || host.ends_with(".local") ||
         host.starts_with("10.") || host.starts_with("192.168.");
}

void check_address(const Model& model, const char* key, Place place, FileReport& report) {
  const std::string& url = model.base_url;
  const bool service = model.provider == "http";  // has one address; others are asked below theirs
  const bool http = url.starts_with("http://");
  if (!http && !url.starts_with("https://")) {
    report.error(place, fmt::format("{} must begin with http:// or https://", key));
    return;
  }
  const std::string_view authority = authority_of(url);
  if (contains(authority, "@")) {
    report.error(place, fmt::format("{} must hold no user or password; name the key's variable in key_env", key));
  } else if (authority.empty() || authority.starts_with(':')) {
    report.error(place, fmt::format("{} has no host", key));
  } else if (url.find_first_of(service ? "#\\ \t\n" : "?#\\ \t\n") != std::string::npos) {
    report.error(place, service ? "url must be an address without fragment or spaces, such as http://localhost:8000/ask"
                                : "base_url must be an address without query, fragment or spaces, such as "
                                  "http://localhost:8000/v1");
  } else if (query_holds_key(url)) {
    report.error(place,
                 "url must hold no key; write {{key}} into one of http: headers, and name its variable in key_env");
  } else if (http && !is_local_host(host_of(url)) && !model.key_env.empty()) {
    report.warning(place, "the key is sent unencrypted to another machine; use https");
  }
}

}  // namespace plumb
