#include "engine/batch_words.h"

#include <fmt/format.h>

namespace plumb {

namespace {

std::string in_words(std::chrono::milliseconds wait) {
  const auto seconds = (wait.count() + 999) / 1'000;
  return seconds < 120 ? fmt::format("{} s", seconds) : fmt::format("{} min", seconds / 60);
}

std::string size_in_words(std::size_t bytes) {
  return bytes < 1'000'000 ? fmt::format("{} KB", (bytes + 999) / 1'000)
                           : fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

}  // namespace

std::string words_of_sending(std::size_t requests, std::size_t bytes) {
  return fmt::format("sending {} requests as one batch ({})", requests, size_in_words(bytes));
}

std::string words_of_progress(const BatchStatus& status, std::chrono::milliseconds until_next) {
  return fmt::format("batch {}: {} of {} done; asking again in {}", status.id, status.completed + status.failed,
                     status.total, in_words(until_next));
}

std::string words_of_staying(const BatchStatus& status) {
  return fmt::format("batch {} stays at the vendor, {} of {} done: the next run fetches it", status.id,
                     status.completed + status.failed, status.total);
}

}  // namespace plumb
