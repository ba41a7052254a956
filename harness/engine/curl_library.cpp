#include "engine/curl_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

namespace plumb {

namespace {

// Debian, Ubuntu, Fedora, Arch and Alpine all call it so; the number has not changed since 2006.
constexpr const char* k_file = "libcurl.so.4";

// 7.85 of 2022 has all options that we set; with an older one a request might go out twice in secret.
constexpr unsigned k_version_min = 0x075500;

std::string last_words() {
  const char* words = dlerror();
  return words ? words : "no reason given";
}

template <class Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Result<CurlLibrary> load_and_initialize() {
  CurlLibrary curl = TRY(load_curl_library(k_file));
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return Error{"libcurl cannot be initialized"};
  return curl;
}

}  // namespace

Result<CurlLibrary> load_curl_library(const std::string& file) {
  const auto unusable = [](const std::string& why) {
    return Error{fmt::format(
        "requests need libcurl 7.85 or newer ({}): install it (Debian and Ubuntu: apt-get install libcurl4)", why)};
  };
  void* library = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) return unusable(last_words());
  CurlLibrary curl;
  const bool whole =
      find(library, "curl_global_init", curl.global_init) && find(library, "curl_version", curl.version) &&
      find(library, "curl_version_info", curl.version_info) && find(library, "curl_slist_append", curl.slist_append) &&
      find(library, "curl_slist_free_all", curl.slist_free_all) && find(library, "curl_easy_init", curl.easy_init) &&
      find(library, "curl_easy_reset", curl.easy_reset) && find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
      find(library, "curl_easy_setopt", curl.easy_setopt) && find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
      find(library, "curl_easy_strerror", curl.easy_strerror) && find(library, "curl_multi_init", curl.multi_init) &&
      find(library, "curl_multi_cleanup", curl.multi_cleanup) &&
      find(library, "curl_multi_setopt", curl.multi_setopt) &&
      find(library, "curl_multi_add_handle", curl.multi_add_handle) &&
      find(library, "curl_multi_remove_handle", curl.multi_remove_handle) &&
      find(library, "curl_multi_socket_action", curl.multi_socket_action) &&
      find(library, "curl_multi_info_read", curl.multi_info_read);
  if (!whole) {
    const std::string why = last_words();
    dlclose(library);
    return unusable(why);
  }
  const curl_version_info_data* info = curl.version_info(CURLVERSION_NOW);
  if (info->version_num < k_version_min) return unusable(fmt::format("this is {}", info->version));
  return curl;  // never closed: OpenSSL registers what runs when the program ends
}

Result<const CurlLibrary*> curl_library() {
  static const Result<CurlLibrary> loaded = load_and_initialize();
  if (!loaded) return loaded.error();
  return &*loaded;
}

}  // namespace plumb
