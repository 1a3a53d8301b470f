// Cron: when `on: {schedule: ...}` starts runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pipeline {

class Cron {
 public:
  // Five fields (minute, hour, day of month, month, day of week) of `*`, numbers, ranges `1-5`,
  // steps `*/15` and lists of these; months and days by their English names too, Sunday is 0 and 7;
  // or @hourly, @daily, @weekly, @monthly, @yearly. Nothing after filling `error` for other texts,
  // and for a day that no month has.
  static std::optional<Cron> Parse(std::string_view text, std::string& error);

  // The first time after `time`, in UTC. As cron(8) has it, a schedule that names days of the month
  // and days of the week means either.
  std::chrono::sys_seconds Next(std::chrono::sys_seconds time) const;

  const std::string& text() const { return text_; }

 private:
  bool HasDay(std::chrono::sys_days day) const;

  std::string text_;
  // Bit n: n belongs to it.
  uint64_t minutes_ = 0;
  uint64_t hours_ = 0;
  uint64_t days_ = 0;
  uint64_t months_ = 0;
  uint64_t weekdays_ = 0;
  bool any_day_ = false;  // the field begins with `*`
  bool any_weekday_ = false;
};

}  // namespace pipeline
