// What people read: standard output and standard error, colours, width. Everything that may hold text
// from outside goes through printable() before it gets here.
#pragma once

#include <string>
#include <string_view>

namespace plumb {

class Terminal {
 public:
  // Looks at the process: isatty, NO_COLOR, CLICOLOR_FORCE, COLUMNS, the window's size.
  Terminal();

  void out(std::string_view text);      // standard output
  void note(std::string_view line);     // standard error; a newline is added
  void error(std::string_view line);    // standard error, "plumb: " in front
  void status(std::string_view line);   // rewrites the last line of standard error; "" clears it
  bool ask(std::string_view question);  // yes or no on the terminal; no when nobody is there

  bool color_out() const { return color_out_; }
  bool live() const { return live_; }  // standard error is a terminal that understands \r
  bool interactive() const { return interactive_; }
  int columns() const { return columns_; }

  // True once standard output could not be written (a full disk). A reader that went away (`| head`) is no error.
  bool broken() const { return broken_; }

 private:
  void clear_status();

  bool color_out_ = false;
  bool color_err_ = false;
  bool live_ = false;
  bool interactive_ = false;
  bool broken_ = false;
  bool closed_ = false;
  bool status_shown_ = false;
  int columns_ = 100;
};

}  // namespace plumb
