#include "runtime/image/config_changes.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::image {
namespace {

[[noreturn]] void RefuseChange(const std::string& reason) {
  throw base::Error(base::ErrorKind::kUsage, reason);
}

void RefuseNul(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    RefuseChange("the image config can't hold a NUL character: " + base::ForMessage(text));
  }
}

void AddUnique(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) {
    list.push_back(text);
  }
}

void SetVariable(std::vector<std::string>& env, const std::string& variable) {
  const size_t equals = variable.find('=');
  if (equals == std::string::npos || equals == 0) {
    RefuseChange("an environment variable has the form NAME=value, not \"" +
                 base::ForMessage(variable) + "\"");
  }
  const std::string_view name = std::string_view(variable).substr(0, equals + 1);
  for (std::string& old : env) {
    if (old.starts_with(name)) {
      old = variable;
      return;
    }
  }
  env.push_back(variable);
}

// "80" is "80/tcp".
std::string Port(const std::string& text) {
  const size_t slash = text.find('/');
  const std::string protocol = slash == std::string::npos ? "tcp" : text.substr(slash + 1);
  const std::string_view digits = std::string_view(text).substr(0, slash);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0 ||
      number > 65535 || (protocol != "tcp" && protocol != "udp" && protocol != "sctp")) {
    RefuseChange("\"" + base::ForMessage(text) +
                 "\" isn't a port of the form 80, 80/tcp or 53/udp");
  }
  return std::to_string(number) + "/" + protocol;
}

void RefuseNulIn(const ConfigChanges& changes) {
  for (const auto* list :
       {&changes.env, &changes.exposed_ports, &changes.volumes, &changes.on_build}) {
    std::for_each(list->begin(), list->end(), RefuseNul);
  }
  for (const auto* list : {&changes.entrypoint, &changes.cmd}) {
    if (*list) {
      std::for_each((*list)->begin(), (*list)->end(), RefuseNul);
    }
  }
  for (const auto* text : {&changes.user, &changes.working_dir, &changes.stop_signal}) {
    RefuseNul(text->value_or(""));
  }
  for (const auto& [name, value] : changes.labels) {
    RefuseNul(name);
    RefuseNul(value);
  }
}

}  // namespace

void Apply(const ConfigChanges& changes, ImageConfig& config) {
  RefuseNulIn(changes);
  for (const std::string& variable : changes.env) {
    SetVariable(config.env, variable);
  }
  for (const auto& [name, value] : changes.labels) {
    config.labels[name] = value;
  }
  if (changes.entrypoint) {
    config.entrypoint = *changes.entrypoint;
    config.cmd.clear();
  }
  config.cmd = changes.cmd.value_or(config.cmd);
  config.user = changes.user.value_or(config.user);
  config.stop_signal = changes.stop_signal.value_or(config.stop_signal);
  if (changes.health_check) {
    config.health_check = changes.health_check;
  }
  if (changes.working_dir) {
    const std::filesystem::path base = config.working_dir.empty() ? "/" : config.working_dir;
    config.working_dir = (base / *changes.working_dir).lexically_normal().string();
  }
  for (const std::string& port : changes.exposed_ports) {
    AddUnique(config.exposed_ports, Port(port));
  }
  for (const std::string& volume : changes.volumes) {
    AddUnique(config.volumes, volume);
  }
  config.on_build.insert(config.on_build.end(), changes.on_build.begin(), changes.on_build.end());
}

}  // namespace runtime::image
