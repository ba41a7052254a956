// One thread, one epoll set, HTTP/1.1 keep-alive on 127.0.0.1.
#pragma once

#include "mock_options.h"

namespace plumb::mock {

// Serves until SIGTERM or SIGINT, then prints the counters unless told to be quiet. Returns the exit status.
int serve(const Options&);

}  // namespace plumb::mock
