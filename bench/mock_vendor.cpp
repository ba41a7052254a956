// plumb_mock: the stand-in vendor. `plumb_mock --help` says what it can do.
#include <sys/resource.h>

#include "mock_options.h"
#include "mock_server.h"

int main(int argc, char** argv) {
  const plumb::mock::Options options = plumb::mock::parse_options(argc, argv);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  return plumb::mock::serve(options);
}
