// What is wrong with a file people wrote: all of it at once, each with its place.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace plumb {

// One thing to mend: `eval.yaml:12:5: error: unknown provider 'opnai'; did you mean 'openai'?`
struct Diagnostic {
  enum class Severity { warning, error };
  Severity severity = Severity::error;
  std::string file;
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1, in code points; 0: not known
  std::string message;
};

std::string to_string(const Diagnostic&);
bool has_errors(const std::vector<Diagnostic>&);

// Lines and columns of each file in order; files in the order in which they first appear.
void sort_diagnostics(std::vector<Diagnostic>&);

// A place in a file that is known from elsewhere.
struct Place {
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1, in code points; 0: not known
  auto operator<=>(const Place&) const = default;
};

// Collects what is wrong with one file. `out` must outlive it.
class FileReport {
 public:
  FileReport(std::string file, std::vector<Diagnostic>& out) : file_(std::move(file)), out_(&out) {}

  void error(Place, std::string message);
  void warning(Place, std::string message);
  int errors() const { return errors_; }  // told by this report so far
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::vector<Diagnostic>* out_;
  int errors_ = 0;
};

}  // namespace plumb
