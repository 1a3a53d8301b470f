#include "pipeline/cron.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include "runtime/base/text.h"

namespace pipeline {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

struct Field {
  std::string_view name;
  unsigned first;
  unsigned last;
  std::string_view words;  // three letters each, from `first`
};

constexpr std::array<Field, 5> kFields = {{{"minute", 0, 59, ""},
                                           {"hour", 0, 23, ""},
                                           {"day of month", 1, 31, ""},
                                           {"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
                                           {"day of week", 0, 7, "sunmontuewedthufrisat"}}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kShort = {{
    {"@hourly", "0 * * * *"},
    {"@daily", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},
    {"@monthly", "0 0 1 * *"},
    {"@yearly", "0 0 1 1 *"},
}};

std::optional<unsigned> ReadValue(std::string_view text, const Field& field) {
  std::string word(text);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (size_t at = 0; word.size() == 3 && at < field.words.size(); at += 3) {
    if (field.words.substr(at, 3) == word) {
      return field.first + static_cast<unsigned>(at / 3);
    }
  }
  const std::optional<unsigned> number = runtime::base::ParseInteger<unsigned>(text);
  return number && *number >= field.first && *number <= field.last ? number : std::nullopt;
}

// "*", "5", "1-5", "*/2", "10-40/10".
std::optional<uint64_t> ReadRange(std::string_view text, const Field& field) {
  const size_t slash = text.find('/');
  const std::optional<unsigned> step =
      slash == std::string_view::npos
          ? 1
          : runtime::base::ParseInteger<unsigned>(text.substr(slash + 1));
  const std::string_view range = text.substr(0, slash);
  const size_t dash = range.find('-');
  std::optional<unsigned> first = field.first;
  std::optional<unsigned> last = field.last;
  if (range != "*") {
    first = ReadValue(range.substr(0, dash), field);
    last = dash != std::string_view::npos    ? ReadValue(range.substr(dash + 1), field)
           : slash == std::string_view::npos ? first
                                             : last;
  }
  if (!step || *step == 0 || !first || !last || *first > *last) {
    return std::nullopt;
  }
  uint64_t bits = 0;
  for (unsigned value = *first; value <= *last; value += *step) {
    bits |= uint64_t{1} << value;
  }
  return bits;
}

std::optional<uint64_t> ReadField(std::string_view text, const Field& field) {
  uint64_t bits = 0;
  for (const std::string_view part : runtime::base::Split(text, ',')) {
    const std::optional<uint64_t> range = ReadRange(part, field);
    if (!range) {
      return std::nullopt;
    }
    bits |= *range;
  }
  return bits;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words = runtime::base::Split(text, ' ');
  std::erase(words, "");
  return words;
}

bool Has(uint64_t bits, unsigned value) { return ((bits >> value) & 1U) != 0; }

// The smallest value from `from` on.
std::optional<unsigned> From(uint64_t bits, unsigned from) {
  for (unsigned value = from; value < 64; ++value) {
    if (Has(bits, value)) {
      return value;
    }
  }
  return std::nullopt;
}

// Has a month of these a day of those?
bool HasDate(uint64_t months, uint64_t days_of_month) {
  constexpr std::array<unsigned, 13> kDays = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (unsigned month = 1; month <= 12; ++month) {
    const std::optional<unsigned> first = From(days_of_month, 1);
    if (Has(months, month) && first && *first <= kDays.at(month)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Cron> Cron::Parse(std::string_view text, std::string& error) {
  Cron cron;
  cron.text_ = text;
  for (const auto& [name, meaning] : kShort) {
    text = text == name ? meaning : text;
  }
  const std::vector<std::string_view> words = Words(text);
  if (words.size() != kFields.size()) {
    error = "has " + std::to_string(words.size()) +
            " fields; write minute, hour, day of month, month and day of week, such as "
            "\"30 3 * * 1-5\"";
    return std::nullopt;
  }
  const std::array<uint64_t*, 5> fields = {&cron.minutes_, &cron.hours_, &cron.days_, &cron.months_,
                                           &cron.weekdays_};
  for (size_t i = 0; i < kFields.size(); ++i) {
    const std::optional<uint64_t> bits = ReadField(words[i], kFields.at(i));
    if (!bits) {
      error = "\"" + std::string(words[i]) + "\" isn't a " + std::string(kFields.at(i).name) +
              ": numbers from " + std::to_string(kFields.at(i).first) + " to " +
              std::to_string(kFields.at(i).last) + ", *, ranges a-b, steps */n, and lists of these";
      return std::nullopt;
    }
    *fields.at(i) = *bits;
  }
  if (Has(cron.weekdays_, 7)) {
    cron.weekdays_ |= 1;
  }
  cron.any_day_ = words[2].starts_with('*');
  cron.any_weekday_ = words[4].starts_with('*');
  if (cron.any_weekday_ && !HasDate(cron.months_, cron.days_)) {
    error = "names a day that its months don't have";
    return std::nullopt;
  }
  return cron;
}

bool Cron::HasDay(sys_days day) const {
  const std::chrono::year_month_day date(day);
  if (!Has(months_, static_cast<unsigned>(date.month()))) {
    return false;
  }
  const bool by_date = Has(days_, static_cast<unsigned>(date.day()));
  const bool by_weekday = Has(weekdays_, std::chrono::weekday(day).c_encoding());
  return any_day_ || any_weekday_ ? by_date && by_weekday : by_date || by_weekday;
}

sys_seconds Cron::Next(sys_seconds time) const {
  sys_seconds next = std::chrono::floor<minutes>(time) + minutes(1);
  sys_days day = std::chrono::floor<days>(next);
  // A 29th of February on a given day of the week comes within 40 years, across 2100 too.
  for (int tried = 0; tried < 366 * 41; ++tried, day += days(1), next = day) {
    if (!HasDay(day)) {
      continue;
    }
    const auto of_day = std::chrono::duration_cast<minutes>(next - sys_seconds(day));
    auto hour = static_cast<unsigned>(of_day / hours(1));
    auto minute = static_cast<unsigned>((of_day % hours(1)).count());
    for (; hour < 24; ++hour, minute = 0) {
      if (!Has(hours_, hour)) {
        continue;
      }
      if (const std::optional<unsigned> found = From(minutes_, minute)) {
        return day + hours(hour) + minutes(*found);
      }
    }
  }
  return sys_seconds::max();
}

}  // namespace pipeline
