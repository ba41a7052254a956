// plumb: see cli/main_line.h.
#include "cli/main_line.h"

int main(int argc, char** argv) { return plumb::main_line(argc, argv); }
