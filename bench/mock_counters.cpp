#include "mock_counters.h"

#include <fmt/format.h>
#include <sys/resource.h>

namespace plumb::mock {

std::string to_json(const Counters& count, bool with_bodies) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  std::string out = "{";
  const auto put = [&](std::string_view name, std::uint64_t value) {
    out += fmt::format("{}\"{}\":{}", out.back() == '{' ? "" : ",", name, value);
  };
  put("requests", count.requests);
  put("chat", count.chat);
  put("judge", count.judge);
  put("models", count.models);
  put("other", count.other);
  put("bad", count.bad);
  put("in_flight", count.in_flight);
  put("in_flight_peak", count.in_flight_peak);
  put("connections", count.connections);
  put("connections_open", count.connections_open);
  put("connections_peak", count.connections_peak);
  put("client_gone", count.client_gone);
  put("rate_limited", count.rate_limited);
  if (count.uploads + count.batches > 0) {
    put("uploads", count.uploads);
    put("batches", count.batches);
    put("batch_requests", count.batch_requests);
  }
  put("bytes_in", count.bytes_in);
  put("bytes_out", count.bytes_out);
  if (with_bodies) {
    put("bodies_distinct", count.bodies_distinct);
    put("bodies_repeated", count.bodies_repeated);
    put("body_times_max", count.body_times_max);
  }
  out += ",\"faults\":{";
  for (std::size_t i = 1; i < count.faults.size(); ++i) {
    if (count.faults[i] > 0) put(k_fault_names[i], count.faults[i]);
  }
  return out + fmt::format("}},\"cpu_s\":{:.3f},\"rss_peak_kib\":{}}}",
                           seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
}

}  // namespace plumb::mock
