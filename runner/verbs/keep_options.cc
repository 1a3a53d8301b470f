#include "runner/verbs/keep_options.h"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "runner/detach_keys.h"
#include "runner/refuse.h"
#include "runtime/base/units.h"
#include "runtime/lifecycle/record_json.h"
#include "runtime/lifecycle/store.h"

namespace runner {
namespace lifecycle = runtime::lifecycle;
void KeepOptions::Declare(CLI::App& app) {
  app_ = &app;
  app.add_flag("-d,--detach", detach, "Leave it running, print its id");
  app.add_option("--name", name, "Name to know it by; it is kept until it is removed");
  app.add_flag("--rm", remove_, "Remove it at its end; so without --detach, --name or --restart");
  app.add_option("--restart", restart_,
                 "no (default), on-failure[:TIMES], always or unless-stopped");
  app.add_option("--label,-l", label_texts_, "KEY=VALUE; may be repeated")->allow_extra_args(false);
  app.add_option("--cidfile", id_file, "Write its id to this new file");
  app.add_option("--log-opt", log_texts_, "max-size=SIZE (10m) or max-file=N (2)")
      ->allow_extra_args(false);
  app.add_option("--detach-keys", detach_keys, "Keys that leave it running (ctrl-p,ctrl-q)");
  health.Declare(app);
  app.add_flag("--sig-proxy", pass_signals, "Pass our signals on (default; --sig-proxy=false)");
}

void KeepOptions::TakeLogOption(const std::string& text) {
  const size_t equals = std::min(text.find('='), text.size());
  const std::string key = text.substr(0, equals);
  const std::string value = equals < text.size() ? text.substr(equals + 1) : "";
  if (key == "max-size") {
    const std::optional<uint64_t> bytes = runtime::base::ParseSize(value);
    if (!bytes || *bytes < (64u << 10)) {
      Refuse("--log-opt", text, "max-size=SIZE, such as 10m, at least 64k");
    }
    log_.file_bytes = *bytes;
  } else if (key == "max-file") {
    const auto [end, error] =
        std::from_chars(value.data(), value.data() + value.size(), log_.files);
    if (error != std::errc() || end != value.data() + value.size() || log_.files < 1 ||
        log_.files > 100) {
      Refuse("--log-opt", text, "max-file=N with N from 1 to 100");
    }
  } else {
    Refuse("--log-opt", text, "max-size=SIZE or max-file=N");
  }
}

void KeepOptions::Finish() {
  if (app_->count("--name") > 0) {
    lifecycle::Store::RequireName(name);
  }
  health.Finish();
  policy_ = lifecycle::ParseRestart(restart_);
  if (remove_ && policy_.when != lifecycle::RestartPolicy::When::kNo) {
    Refuse("--rm", "with --restart", "one of the two: what is removed isn't started again");
  }
  for (const std::string& text : label_texts_) {
    const size_t equals = std::min(text.find('='), text.size());
    labels_[text.substr(0, equals)] = equals < text.size() ? text.substr(equals + 1) : "";
  }
  for (const std::string& text : log_texts_) {
    TakeLogOption(text);
  }
  static_cast<void>(DetachKeys(detach_keys));  // Refuses what isn't a key.
}

bool KeepOptions::Wanted() const {
  return detach || !name.empty() || health.Wanted() ||
         policy_.when != lifecycle::RestartPolicy::When::kNo || !id_file.empty() ||
         (app_->count("--rm") > 0 && !remove_);
}

void KeepOptions::Apply(lifecycle::Config& config) const {
  config.remove_at_end = remove_;
  config.restart = policy_;
  config.log = log_;
  config.labels = labels_;
}

}  // namespace runner
