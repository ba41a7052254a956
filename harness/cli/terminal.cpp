#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/text.h"

namespace plumb {

namespace {

bool set_and_not_empty(const char* name) {
  const char* value = std::getenv(name);
  return value && *value;
}

int window_columns() {
  if (const char* columns = std::getenv("COLUMNS")) {
    const int wanted = std::atoi(columns);
    if (wanted >= 40) return std::min(wanted, 400);
  }
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    winsize size{};
    if (::isatty(fd) && ::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
      return std::min<int>(size.ws_col, 400);
  }
  // Nobody's window: a file or a pipe, where nothing need be cut.
  return 1'000;
}

}  // namespace

Terminal::Terminal() {
  const char* term = std::getenv("TERM");
  const bool dumb = !term || std::string_view(term) == "dumb";
  const bool no_color = set_and_not_empty("NO_COLOR");
  const bool force = set_and_not_empty("CLICOLOR_FORCE");
  color_out_ = !no_color && (force || (::isatty(STDOUT_FILENO) && !dumb));
  color_err_ = !no_color && (force || (::isatty(STDERR_FILENO) && !dumb));
  live_ = ::isatty(STDERR_FILENO) && !dumb;
  interactive_ = ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO);
  columns_ = window_columns();
}

void Terminal::out(std::string_view text) {
  clear_status();
  if (broken_ || closed_) return;
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  if (errno == EPIPE) {
    closed_ = true;
  } else {
    broken_ = true;
  }
}

void Terminal::note(std::string_view line) {
  clear_status();
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
}

void Terminal::error(std::string_view line) {
  clear_status();
  std::fprintf(stderr, "%splumb:%s %.*s\n", color_err_ ? "\x1b[31;1m" : "", color_err_ ? "\x1b[0m" : "",
               static_cast<int>(line.size()), line.data());
}

void Terminal::clear_status() {
  if (!status_shown_) return;
  std::fputs("\r\x1b[K", stderr);
  status_shown_ = false;
}

void Terminal::status(std::string_view line) {
  if (!live_) return;
  if (line.empty()) return clear_status();
  const std::string cut = display_width(line) < columns_ ? std::string(line) : fit(line, columns_ - 1);
  std::fprintf(stderr, "\r%s\x1b[K", cut.c_str());
  std::fflush(stderr);
  status_shown_ = true;
}

bool Terminal::ask(std::string_view question) {
  if (!interactive_) return false;
  clear_status();
  std::fprintf(stderr, "%.*s [y/N] ", static_cast<int>(question.size()), question.data());
  std::fflush(stderr);
  char line[64] = {};
  if (!std::fgets(line, sizeof line, stdin)) return false;
  return line[0] == 'y' || line[0] == 'Y';
}

}  // namespace plumb
