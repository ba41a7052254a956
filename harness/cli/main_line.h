// From argv to a command: help, version, aliases, usage errors.
#pragma once

namespace plumb {
int main_line(int argc, const char* const* argv);
}
