// Numbers and dates. A new figure keeps the form of the old: its commas, decimals, leading zeros and
// zeros at the end, and whatever unit stands around it.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "controls/alter.h"
#include "controls/hangul.h"

namespace plumb {

namespace {

// Figures in a text: 4,500 and 0.9 are one run each.
std::vector<Span> figure_runs(std::string_view text) {
  const auto digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  std::vector<Span> runs;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!digit(i)) continue;
    const std::size_t begin = i;
    while (digit(i) || (i < text.size() && (text[i] == ',' || text[i] == '.') && digit(i + 1))) ++i;
    runs.push_back({begin, i});
  }
  return runs;
}

struct Figure {
  long long units = 0;  // the value without its point
  int decimals = 0;
  std::size_t width = 0;  // digits before the point, leading zeros included
  bool commas = false;
};

std::optional<Figure> read_figure(std::string_view text) {
  Figure figure;
  std::string digits;
  bool point = false;
  for (const char c : text) {
    if (c == '.') {
      if (point) return std::nullopt;  // 24.7.8
      point = true;
    } else if (c == ',') {
      figure.commas = true;
    } else {
      digits += c;
      if (point) ++figure.decimals;
    }
  }
  figure.width = digits.size() - static_cast<std::size_t>(figure.decimals);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), figure.units);
  if (error != std::errc{} || end != digits.data() + digits.size() || figure.units > 1'000'000'000'000)
    return std::nullopt;
  return figure;
}

std::string written(const Figure& like, long long units) {
  std::string digits = fmt::format("{}", units);
  const std::size_t decimals = static_cast<std::size_t>(like.decimals);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string whole = digits.substr(0, digits.size() - decimals);
  const std::string part = digits.substr(digits.size() - decimals);
  const bool zeros_led = like.width > 1 && fmt::format("{}", like.units).size() < like.width + decimals;
  if (zeros_led && whole.size() < like.width) whole.insert(0, like.width - whole.size(), '0');
  if (like.commas) {
    for (std::size_t i = whole.size(); i > 3; i -= 3) whole.insert(i - 3, ",");
  }
  return decimals == 0 ? whole : whole + "." + part;
}

// The step in which people round such a figure: half of its last place that is not zero (500 -> 50).
long long rounding_step(long long units) {
  long long place = 1;
  while (units != 0 && units % (place * 10) == 0) place *= 10;
  return place == 1 ? 1 : place / 2;
}

// Other values a reader might believe, most plausible kinds first.
std::vector<long long> plausible_values(const Figure& figure, bool percent) {
  const long long units = figure.units;
  const long long step = rounding_step(units);
  std::vector<long long> values;
  const long long one = [&] {
    long long of = 1;
    for (int i = 0; i < figure.decimals; ++i) of *= 10;
    return of;
  }();
  if (units <= 12 * one) {
    values.insert(values.end(), {units + one, units - one, units + 2 * one});
  }
  if (units > 3 * one || figure.decimals > 0) {
    values.push_back((units * 3 / 2 + step / 2) / step * step);
    values.push_back((units * 4 / 5 + step / 2) / step * step);
  }
  std::string digits = fmt::format("{}", units);
  for (std::size_t i = 0; i + 1 < digits.size(); ++i) {
    if (digits[i] == digits[i + 1] || (i == 0 && digits[1] == '0')) continue;
    std::string swapped = digits;
    std::swap(swapped[i], swapped[i + 1]);
    values.push_back(std::stoll(swapped));
    break;
  }
  if (units == 0) values = {one, 2 * one};
  std::erase_if(values,
                [&](long long v) { return v <= 0 || v == units || (percent && units <= 100 * one && v > 100 * one); });
  return values;
}

constexpr auto k_native =
    std::to_array<std::string_view>({"한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열"});
constexpr auto k_sino = std::to_array<std::string_view>({"일", "이", "삼", "사", "오", "육", "칠", "팔", "구"});

template <std::size_t N>
std::vector<std::string> neighbours(const std::array<std::string_view, N>& of, std::string_view text, std::size_t at) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < N; ++i) {
    if (!text.substr(at).starts_with(of[i])) continue;
    for (const int by : {1, -1, 2}) {
      const int j = static_cast<int>(i) + by;
      if (j < 0 || j >= static_cast<int>(N)) continue;
      std::string changed(text);
      changed.replace(at, of[i].size(), of[static_cast<std::size_t>(j)]);
      out.push_back(std::move(changed));
    }
    break;
  }
  return out;
}

// Other ways the quantity `surface` could read.
std::vector<std::string> number_surfaces(std::string_view surface, bool percent) {
  std::vector<std::string> out;
  const std::vector<Span> runs = figure_runs(surface);
  for (const Span& run : runs) {
    const std::optional<Figure> figure = read_figure(run.of(surface));
    if (!figure) continue;
    for (const long long value : plausible_values(*figure, percent)) {
      out.push_back(std::string(surface.substr(0, run.begin)) + written(*figure, value) +
                    std::string(surface.substr(run.end)));
    }
  }
  if (!runs.empty()) return out;
  for (std::size_t at = 0; at < surface.size(); at += 3) {  // Hangul syllables are three bytes
    if ((static_cast<unsigned char>(surface[at]) & 0xF0) != 0xE0) break;
    std::vector<std::string> more = neighbours(k_native, surface, at);
    if (more.empty()) more = neighbours(k_sino, surface, at);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

bool still_sound(const Quantity& before, const std::string& surface) {
  const std::optional<Quantity> now = parse_quantity(surface);
  if (!now) return false;
  if (now->dimension != before.dimension || same_quantity(*now, before)) return false;
  return now->high.has_value() == before.high.has_value() && (!now->high || now->value < *now->high);
}

std::string with_spans(std::string_view text, std::vector<Span> spans, const std::string& by) {
  std::sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.begin > b.begin; });
  std::string out(text);
  for (const Span& span : spans) out = replace_noun(out, span, by);
  return out;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> k_days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year == 0 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
  return month == 2 && leap ? 29 : k_days[static_cast<std::size_t>(month - 1)];
}

bool exists(const Date& date) {
  if (date.month < 0 || date.month > 12 || date.day < 0) return false;
  if (date.day == 0) return true;
  return date.day <= (date.month == 0 ? 31 : days_in_month(date.year, date.month));
}

bool same_fields(const Date& a, const Date& b) { return a.year == b.year && a.month == b.month && a.day == b.day; }

// The date `before`, written as `surface`, written with the fields of `after`; none if a field is not in figures.
std::optional<std::string> rewritten(std::string_view surface, const Date& before, const Date& after) {
  const std::vector<Span> runs = figure_runs(replace_all(std::string(surface), ".", "-"));
  std::vector<std::pair<int, int>> fields;
  for (const auto& [old_value, new_value] :
       {std::pair{before.year, after.year}, std::pair{before.month, after.month}, std::pair{before.day, after.day}}) {
    if (old_value != 0) fields.emplace_back(old_value, new_value);
  }
  std::string out(surface);
  std::size_t run = runs.size();
  for (std::size_t i = fields.size(); i-- > 0;) {
    const auto [old_value, new_value] = fields[i];
    bool found = false;
    while (run-- > 0) {
      const std::optional<Figure> figure = read_figure(runs[run].of(surface));
      if (!figure) return std::nullopt;
      if (figure->units != old_value && figure->units != old_value % 100) continue;
      const bool short_year = old_value > 99 && figure->units < 100;
      out.replace(runs[run].begin, runs[run].size(), written(*figure, short_year ? new_value % 100 : new_value));
      found = true;
      break;
    }
    if (!found && old_value != new_value) return std::nullopt;
    if (!found) run = runs.size();  // said elsewhere (올해 7월): leave it
  }
  if (const std::vector<Date> now = find_values(out).dates; now.size() == 1 && same_date(before, now.front())) {
    return std::nullopt;
  }
  return out;
}

std::vector<Date> shifted(const Date& date) {
  std::vector<Date> out;
  const auto add = [&](int Date::*field, int by) {
    Date moved = date;
    moved.*field += by;
    if (moved.*field > 0 && exists(moved)) out.push_back(moved);
  };
  if (date.day != 0) {
    for (const int by : {1, -1, 7, -7, 10}) add(&Date::day, by);
  }
  if (date.month != 0) {
    for (const int by : {1, -1, 2}) add(&Date::month, by);
  }
  if (date.year != 0) {
    for (const int by : {1, -1, 2}) add(&Date::year, by);
  }
  return out;
}

}  // namespace

std::vector<Candidate> altered_numbers(const ReadText& read, Dice& dice) {
  std::vector<Candidate> out;
  std::set<std::string_view> seen;
  for (const Quantity& quantity : read.values.quantities) {
    const std::string_view surface = quantity.span.of(read.text);
    if (!seen.insert(surface).second) continue;
    std::vector<Span> mentions;
    for (const Quantity& other : read.values.quantities) {
      if (other.span.of(read.text) == surface) mentions.push_back(other.span);
    }
    for (const std::string& changed : number_surfaces(surface, quantity.dimension == Dimension::percent)) {
      if (!still_sound(quantity, changed)) continue;
      out.push_back({with_spans(read.text, mentions, changed), std::string(surface), changed});
    }
  }
  dice.shuffle(out);
  return out;
}

std::vector<Candidate> altered_dates(const ReadText& read, Dice& dice) {
  std::vector<Candidate> alone;     // this date changed wherever it is stated
  std::vector<Candidate> together;  // its year changed in every date that names it
  for (std::size_t i = 0; i < read.values.dates.size(); ++i) {
    const Date& date = read.values.dates[i];
    for (const Date& moved : shifted(date)) {
      for (const bool every_year : {false, true}) {
        if (every_year && moved.year == date.year) continue;
        std::string text(read.text);
        std::string after;
        bool sound = true;
        for (std::size_t j = read.values.dates.size(); j-- > 0 && sound;) {
          const Date& other = read.values.dates[j];
          Date to = moved;
          if (every_year && other.year == date.year) {
            to = other;
            to.year = moved.year;
            sound = exists(to);
          } else if (!same_fields(other, date)) {
            continue;
          }
          const std::optional<std::string> by = rewritten(other.span.of(read.text), other, to);
          sound = sound && by.has_value();
          if (!sound) break;
          text = replace_noun(text, other.span, *by);
          if (j == i) after = *by;
        }
        if (!sound || text == read.text) continue;
        (every_year ? together : alone).push_back({text, std::string(date.span.of(read.text)), after});
      }
    }
  }
  dice.shuffle(alone);
  dice.shuffle(together);
  alone.insert(alone.end(), together.begin(), together.end());
  return alone;
}

}  // namespace plumb
