#include "runner/verbs/refused_options.h"

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

struct Refused {
  const char* name;
  bool takes_value;
  std::vector<std::string> harmless;  // values that change nothing
  const char* why;
};

const std::vector<Refused>& Table() {
  static const std::vector<Refused> kTable = {
      {"--privileged",
       false,
       {},
       "a container never gets the rights of the host; give it what it needs: --cap-add, a volume, "
       "--security-opt seccomp=FILE"},
      {"--pid",
       true,
       {"private"},
       "a container never sees processes of the host or of another container"},
      {"--ipc",
       true,
       {"private"},
       "a container never shares memory with the host or another container; a volume can be "
       "shared"},
      {"--uts", true, {"private"}, "a container always has a host name of its own: --hostname"},
      {"--userns",
       true,
       {"private"},
       "root of a container is never root of the host; a volume keeps its owners all the same"},
      {"--cgroupns", true, {"private"}, "a container sees its own cgroup only"},
      {"--cgroup-parent", true, {}, "limits are given by --memory, --cpus and --pids-limit"},
      {"--device",
       true,
       {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"},
       "a container has null, zero, full, random, urandom and tty, and no device of the host"},
      {"--device-cgroup-rule", true, {}, "a container gets no device of the host"},
      {"--gpus", true, {}, "a container gets no device of the host"},
      {"--runtime", true, {}, "there is one runtime, which is built in"},
      {"--isolation", true, {"default"}, "it is of other systems than Linux"},
      {"--volume-driver", true, {"local"}, "volumes are directories of this host"},
      {"--log-driver",
       true,
       {"json-file", "local", "none"},
       "the log of a kept container is a file here: runner container logs"},
      {"--disable-content-trust", false, {"true"}, "an image's content is checked by digest"},
  };
  return kTable;
}

bool IsHarmless(const Refused& option, const std::string& value) {
  return std::find(option.harmless.begin(), option.harmless.end(), value) != option.harmless.end();
}

}  // namespace

void RefusedOptions::Declare(CLI::App& app) {
  for (const Refused& option : Table()) {
    std::vector<std::string>& values = values_[option.name];
    CLI::Option* declared = option.takes_value
                                ? app.add_option(option.name, values)->allow_extra_args(false)
                                : app.add_flag(option.name, values);
    declared->group("");  // Not in the help.
  }
}

void RefusedOptions::Check() const {
  for (const Refused& option : Table()) {
    for (const std::string& value : values_.at(option.name)) {
      if (value.empty() || value == "false" || IsHarmless(option, value)) {
        continue;
      }
      throw runtime::base::Error(
          runtime::base::ErrorKind::kUsage,
          std::string(option.name) +
              (option.takes_value ? " " + runtime::base::ForMessage(value) : std::string()) +
              " is refused: " + option.why);
    }
  }
}

}  // namespace runner
