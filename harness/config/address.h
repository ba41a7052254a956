// Addresses as people write them into eval.yaml.
#pragma once

#include <string_view>

#include "config/diagnostic.h"
#include "domain/spec.h"

namespace plumb {

// Between "://" and the path, with its port: "localhost:8000". "" where there is none.
std::string_view authority_of(std::string_view url);

// The authority without its port: "localhost", "[::1]".
std::string_view host_of(std::string_view url);

// This machine, or one in the same house: names and the private ranges of IPv4 that begin with 10 and 192.168.
bool is_local_host(std::string_view host);

// Tells a base_url that is none, or that holds what must not be stored: a user, a password, a key. Only a service's
// own address may have a query. `key` is how eval.yaml calls it. The address is not repeated: it may hold a password.
void check_address(const Model&, const char* key, Place, FileReport&);

}  // namespace plumb
