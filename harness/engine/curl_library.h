// libcurl, loaded when it is first needed: it brings some thirty libraries along, and a start of the program that
// asks nothing should not pay for them. The only door to curl's header.
#pragma once

#include <curl/curl.h>

#include <string>

#include "base/result.h"

namespace plumb {

// The functions that we call, under their own names less "curl_".
struct CurlLibrary {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_version) version = nullptr;
  decltype(&::curl_version_info) version_info = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_reset) easy_reset = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_multi_init) multi_init = nullptr;
  decltype(&::curl_multi_cleanup) multi_cleanup = nullptr;
  decltype(&::curl_multi_setopt) multi_setopt = nullptr;
  decltype(&::curl_multi_add_handle) multi_add_handle = nullptr;
  decltype(&::curl_multi_remove_handle) multi_remove_handle = nullptr;
  decltype(&::curl_multi_socket_action) multi_socket_action = nullptr;
  decltype(&::curl_multi_info_read) multi_info_read = nullptr;
};

// The library, loaded and initialized by the first call and kept until the program ends. The error says what to
// install. Any thread may call it.
Result<const CurlLibrary*> curl_library();

// As above, but from a file of this name, and without initializing it. For tests.
Result<CurlLibrary> load_curl_library(const std::string& file);

}  // namespace plumb
