#include "runner/verbs/run_options.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "runner/env_file.h"
#include "runner/nearest.h"
#include "runner/refuse.h"
#include "runtime/base/error.h"
#include "runtime/base/signal_name.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/container/sysctl.h"
#include "runtime/container/user.h"

namespace runner {
namespace container = runtime::container;
namespace {

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return text.starts_with("CAP_") ? text.substr(4) : text;
}

[[noreturn]] void RefuseUnknown(const CLI::App& app, const std::string& word) {
  std::vector<std::string> known;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      known.push_back("--" + name);
    }
  }
  const std::optional<std::string> nearest = Nearest(word.substr(0, word.find('=')), known);
  throw runtime::base::Error(
      runtime::base::ErrorKind::kUsage,
      "run: no option " + runtime::base::ForMessage(word.substr(0, 200)) +
          (nearest ? "; did you mean " + *nearest + "?" : "; see: runner run --help"));
}

bool IsHostname(const std::string& name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return name.size() <= 63 && is_plain(name.front()) && is_plain(name.back()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_plain(c) || c == '-' || c == '.'; });
}

bool Contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

}  // namespace

void RunOptions::Declare(CLI::App& app) {
  app_ = &app;
  app.footer(
      "Usage: runner run [OPTIONS] IMAGE [COMMAND [ARGUMENT...]]\n\n"
      "Examples:\n"
      "  runner run debian cat /etc/os-release\n"
      "  runner run -it debian sh\n"
      "  runner run --memory 256m --network host -v \"$PWD:/src\" -w /src builder make\n"
      "  runner run -d --name web -p 8080:80 httpd\n\n"
      "Exit code: the command's own; 128 + N when signal N ended it; 137 out of memory; 124 timed\n"
      "out; 126 and 127 when it can't be run or isn't there; 125 bad usage, or the runner failed.");
  app.prefix_command();
  app.set_help_flag("--help", "Print this help");  // -h is the host name, as docker has it.
  app.add_flag("-i,--interactive", interactive, "Give the command our standard input");
  app.add_flag("-t,--tty", terminal, "Give the command a terminal");
  app.add_flag("--init", always_, "Reap orphans and pass signals on (always so)");
  app.add_option("-e,--env", program.env, "NAME=VALUE, or NAME to pass ours on")
      ->allow_extra_args(false);
  app.add_option("-w,--workdir", workdir_, "Working directory inside; made when missing");
  app.add_option("-u,--user", user_, "User name or number, with an optional :group");
  app.add_option("--entrypoint", entrypoint_, "In place of the image's entrypoint");
  app.add_option("--env-file", env_files_, "File of NAME=VALUE lines; --env wins")
      ->allow_extra_args(false);
  app.add_option("-h,--hostname", program.hostname,
                 "Host name inside (default: the container's id)");
  network.Declare(app);
  app.add_option("-v,--volume", volumes_,
                 "HOST-PATH:PATH[:ro], or VOLUME:PATH[:ro], or PATH for a new volume")
      ->allow_extra_args(false);
  app.add_option("--volumes-from", volumes_from, "CONTAINER[:ro], whose volumes this one gets too")
      ->allow_extra_args(false);
  app.add_option("--mount", mounts_, "The same as type=bind|volume|tmpfs,source=...,target=...")
      ->allow_extra_args(false);
  app.add_option("--tmpfs", tmpfs_, "PATH[:OPTIONS], an empty file system in memory; size=64m")
      ->allow_extra_args(false);
  app.add_flag("--read-only", read_only, "No changes to the root file system");
  resources_.Declare(app);
  app.add_option("--group-add", groups_, "Group name or number that the command is in as well")
      ->allow_extra_args(false);
  app.add_option("--stop-signal", stop_signal_, "What asks the command to end (default TERM)");
  app.add_option("--stop-timeout", stop_timeout_, "Seconds between that and its kill (10)");
  app.add_option("--sysctl", sysctls_, "NAME=VALUE of the container's own net, ipc or mqueue")
      ->allow_extra_args(false);
  app.add_option("--pull", pull_, "missing (default), always or never");
  app.add_option("--platform", platform_, "Refused when it isn't this host's");
  app.add_option("--timeout", timeout_, "End it after this time, such as 90s or 10m");
  app.add_option("--cap-add", cap_add_, "Capability to add, or ALL")->allow_extra_args(false);
  app.add_option("--cap-drop", cap_drop_, "Capability to drop, or ALL")->allow_extra_args(false);
  app.add_option("--security-opt", security,
                 "seccomp=FILE (docker's JSON profile format), seccomp=builtin or "
                 "seccomp=unconfined")
      ->allow_extra_args(false);
  refused_.Declare(app);
}

void RunOptions::Finish() {
  refused_.Check();
  std::vector<std::string> rest = app_->remaining();
  if (!rest.empty() && rest.front() == "--") {
    rest.erase(rest.begin());
  }
  if (rest.empty()) {
    throw runtime::base::Error(runtime::base::ErrorKind::kUsage,
                               "run: no image given; usage: runner run [OPTIONS] IMAGE "
                               "[COMMAND...] (see: runner image ls)");
  }
  image = rest.front();
  if (image.starts_with("-")) {
    RefuseUnknown(*app_, image);
  }
  program.arguments.assign(rest.begin() + 1, rest.end());
  if (app_->count("--entrypoint") > 0) {
    program.entrypoint =
        entrypoint_.empty() ? std::vector<std::string>{} : std::vector{entrypoint_};
  }
  if (app_->count("--user") > 0) {
    program.user = user_;
  }
  if (app_->count("--workdir") > 0) {
    if (!workdir_.starts_with("/")) {
      Refuse("--workdir", workdir_, "an absolute path");
    }
    program.workdir = workdir_;
  }
  TakeEnvironment();
  ParsePull(pull_);
  if (!platform_.empty()) {
    RequirePlatform(platform_);
  }
  if (app_->count("--stop-signal") > 0 && runtime::base::SignalNumber(stop_signal_) == 0) {
    Refuse("--stop-signal", stop_signal_, "a signal's name or number, such as SIGINT");
  }
  if (const std::string& hostname = program.hostname; !hostname.empty() && !IsHostname(hostname)) {
    Refuse("--hostname", hostname,
           "at most 63 letters, digits, '-' and '.', with a letter or digit at both ends");
  }
  network.Finish();
}

// In the order in which later ones win.
void RunOptions::TakeEnvironment() {
  std::vector<std::string> variables;
  for (const std::string& file : env_files_) {
    std::vector<std::string> more = ReadEnvFile(file);
    std::move(more.begin(), more.end(), std::back_inserter(variables));
  }
  for (std::string& entry : program.env) {
    if (entry.empty() || entry.front() == '=') {
      Refuse("--env", entry, "NAME=VALUE or NAME");
    }
    const char* ours = entry.find('=') == std::string::npos ? std::getenv(entry.c_str()) : nullptr;
    variables.push_back(ours != nullptr ? entry + "=" + ours : std::move(entry));
  }
  program.env = std::move(variables);
}

std::vector<std::string> RunOptions::Capabilities() const {
  std::vector<std::string> result;
  if (!Contains(cap_drop_, "ALL") && !Contains(cap_drop_, "all")) {
    result = container::DefaultCapabilities();
  }
  for (const std::string& name : cap_drop_) {
    std::erase(result, Upper(name));
  }
  for (const std::string& name : cap_add_) {
    if (Upper(name) == "ALL") {
      Refuse("--cap-add", name, "single capabilities: a container never gets all of them");
    }
    result.push_back(Upper(name));
  }
  return result;
}

std::vector<MountRequest> RunOptions::Mounts() const {
  std::vector<MountRequest> mounts;
  std::transform(volumes_.begin(), volumes_.end(), std::back_inserter(mounts), ParseVolumeOption);
  std::transform(mounts_.begin(), mounts_.end(), std::back_inserter(mounts), ParseMountOption);
  std::transform(tmpfs_.begin(), tmpfs_.end(), std::back_inserter(mounts), ParseTmpfsOption);
  return mounts;
}

Pull RunOptions::ImagePull() const { return ParsePull(pull_); }

void RunOptions::ApplyTo(container::ContainerSpec& spec) const {
  runtime::layer::Snapshot layers = spec.rootfs;
  layers.upper.clear();
  layers.work.clear();
  for (const uint32_t group : container::ResolveGroupsIn(groups_, layers)) {
    spec.user.groups.push_back(group);
  }
  if (!stop_signal_.empty()) {
    spec.stop_signal = runtime::base::SignalNumber(stop_signal_);
  }
  for (const std::string& text : sysctls_) {
    spec.sysctls.push_back(container::ParseSysctl(text, spec.network));
  }
}

std::chrono::milliseconds RunOptions::Timeout() const {
  if (timeout_.empty()) {
    return std::chrono::milliseconds(0);
  }
  const std::optional<std::chrono::milliseconds> timeout = runtime::base::ParseDuration(timeout_);
  if (!timeout || timeout->count() == 0) {
    Refuse("--timeout", timeout_, "a duration such as 90s, 10m or 1h30m");
  }
  return *timeout;
}

std::chrono::seconds RunOptions::Grace() const {
  if (stop_timeout_ < 0) {
    Refuse("--stop-timeout", std::to_string(stop_timeout_), "a number of seconds, 0 or more");
  }
  return std::chrono::seconds(stop_timeout_);
}

}  // namespace runner
