// ConfigChanges: what a new image says differently from its base.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/image/image.h"

namespace runtime::image {

struct ConfigChanges {
  std::vector<std::string> env;  // "NAME=value", added or replacing that name
  std::map<std::string, std::string> labels;
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  std::optional<std::string> user;
  std::optional<std::string> working_dir;
  std::optional<std::string> stop_signal;
  std::vector<std::string> exposed_ports;  // "80", "80/tcp", "53/udp"
  std::vector<std::string> volumes;
  std::vector<std::string> on_build;
  std::optional<HealthCheck> health_check;
};

// As docker does: environment and labels merge, ports and volumes add up, a relative working
// directory continues the base's, and an entrypoint without a command drops the base's command.
// Throws Error (kUsage) for a variable without a name, a port that is none, or a NUL anywhere.
void Apply(const ConfigChanges& changes, ImageConfig& config);

// Adds one Dockerfile instruction, as `docker import --change` takes them: CMD, ENTRYPOINT (a JSON
// list, or text for /bin/sh -c), ENV, LABEL (NAME=value..., quoted as in a shell), WORKDIR, USER,
// EXPOSE, VOLUME, STOPSIGNAL, ONBUILD, HEALTHCHECK. Throws Error (kUsage).
void AddInstruction(std::string_view instruction, ConfigChanges& changes);

}  // namespace runtime::image
