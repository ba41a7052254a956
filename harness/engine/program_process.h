// A child process with three pipes: started without a shell, in a group of its own, with nothing of ours but its
// standard streams.
#pragma once

#include <sys/types.h>

#include <string>
#include <variant>
#include <vector>

#include "base/http.h"

namespace plumb {

// Ours are the other ends of its standard input, output and errors: not blocking, not inherited by others; -1 when
// closed. Its group has the number of the process.
struct ChildProcess {
  pid_t pid = 0;
  int in = -1;
  int out = -1;
  int errors = -1;
};

struct SpawnFailure {
  std::string why;
  bool scarce = false;  // descriptors, processes or memory ran out: may succeed when others have ended
};

// Variables are "NAME=value".
std::variant<ChildProcess, SpawnFailure> spawn(const Program&, const std::vector<std::string>& environment);

// This process's variables less those of these names.
std::vector<std::string> environment_without(const std::vector<std::string>& names);

// "exited with status 3", "was ended by signal 9 (Killed)", of what waitpid says.
std::string describe_status(int wait_status);

// It has ended, and only its status is left; that stays to be read.
bool has_ended(pid_t);

}  // namespace plumb
