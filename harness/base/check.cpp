#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace plumb {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "plumb: internal error: '%s' does not hold (%s:%d). This is a bug; please report it.\n",
               condition, file, line);
  std::_Exit(70);
}

}  // namespace plumb
