// What the stand-in vendor says: pure functions of a request's body and the options.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mock_options.h"

namespace plumb::mock {

std::uint64_t hash_bytes(std::string_view);
std::uint64_t mix(std::uint64_t);

// A whole HTTP response. `headers` are further header lines, each with its line end.
std::string http(int status, std::string_view body, std::string_view type = "application/json",
                 std::string_view headers = "");
std::string http_error(int status, std::string_view message, std::string_view type, std::string_view headers = "");

// The first sentence of the first passage, "[1] title" and then its text; headings and the heads of tables are
// no sentences. "" if there is no passage.
std::string first_sentence_of_context(std::string_view user_message);

enum class Shape { completion, message };  // OpenAI's, Anthropic's

class Replies {
 public:
  explicit Replies(const Options&);

  bool is_judge(std::string_view body) const;
  // The response to a chat request that meets this fault; `hash` is that of the body. For cut_short the end of
  // the body is missing, for drip and hang it is the whole one.
  std::string chat(std::string_view body, std::uint64_t hash, bool judge, Fault, Shape = Shape::completion) const;
  std::string models() const;
  std::string too_many() const;
  double delay_ms(std::uint64_t hash) const;

 private:
  std::string answer(std::string_view body, std::uint64_t hash) const;

  const Options& options_;
  std::vector<std::string> escaped_answers_;
  std::string escaped_verdicts_[2];
};

}  // namespace plumb::mock
