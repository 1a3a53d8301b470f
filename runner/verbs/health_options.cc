#include "runner/verbs/health_options.h"

#include <algorithm>
#include <chrono>

#include "runner/refuse.h"
#include "runtime/base/units.h"

namespace runner {
namespace image = runtime::image;
namespace lifecycle = runtime::lifecycle;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

// 0 for nothing, and for docker's own.
int64_t Nanoseconds(const char* option, const std::string& text) {
  if (text.empty()) {
    return 0;
  }
  const std::optional<milliseconds> time = runtime::base::ParseDuration(text);
  if (!time) {
    Refuse(option, text, "a duration such as 30s or 1m30s");
  }
  return nanoseconds(*time).count();
}

void Take(int64_t nanos, milliseconds& time) {
  if (nanos > 0) {
    time = std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(nanoseconds(nanos)));
  }
}

void Take(const image::HealthCheck& from, lifecycle::HealthCheck& check) {
  if (from.test.size() > 1 && from.test.front() == "CMD") {
    check.argv.assign(from.test.begin() + 1, from.test.end());
  } else if (from.test.size() > 1 && from.test.front() == "CMD-SHELL") {
    check.argv = {"/bin/sh", "-c", from.test[1]};
  }
  Take(from.interval, check.interval);
  Take(from.timeout, check.timeout);
  Take(from.start_period, check.start_period);
  if (from.retries > 0) {
    check.retries = static_cast<unsigned>(std::min<int64_t>(from.retries, 1'000'000));
  }
}

}  // namespace

void HealthOptions::Declare(CLI::App& app) {
  app.add_option("--health-cmd", command_, "Shell command that ends with 0 when all is well");
  app.add_option("--health-interval", interval_text_, "Between two checks (30s)");
  app.add_option("--health-timeout", timeout_text_, "A check that takes longer is ended (30s)");
  app.add_option("--health-start-period", start_period_text_,
                 "Failures in this time don't count (0s)");
  app.add_option("--health-retries", retries_, "So many failures in a row are ill health (3)");
  app.add_flag("--no-healthcheck", none_, "No check, whatever the image says");
}

void HealthOptions::Finish() {
  if (none_ && Wanted()) {
    Refuse("--no-healthcheck", "with --health-cmd", "one of the two");
  }
  if (Wanted()) {
    given_.test = {"CMD-SHELL", command_};
  }
  given_.interval = Nanoseconds("--health-interval", interval_text_);
  given_.timeout = Nanoseconds("--health-timeout", timeout_text_);
  given_.start_period = Nanoseconds("--health-start-period", start_period_text_);
  given_.retries = retries_;
}

std::optional<lifecycle::HealthCheck> HealthOptions::Over(
    const std::optional<image::HealthCheck>& image) const {
  lifecycle::HealthCheck check;
  if (image) {
    Take(*image, check);
  }
  Take(given_, check);
  if (none_ || check.argv.empty()) {
    return std::nullopt;
  }
  return check;
}

}  // namespace runner
