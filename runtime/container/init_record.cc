#include "runtime/container/init_record.h"

#include <sys/capability.h>
#include <sys/mman.h>

#include <algorithm>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/init/record.h"
#include "runtime/container/seccomp_filter.h"

namespace runtime::container {
namespace {

using base::Error;
using base::ErrorKind;

uint64_t CapabilityMask(const std::vector<std::string>& names) {
  uint64_t mask = 0;
  for (const std::string& name : names) {
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    if (!lower.starts_with("cap_")) {
      lower = "cap_" + lower;
    }
    // The library would read a number, and stop at a comma.
    const bool plain = lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
    cap_value_t value;
    if (!plain || ::cap_from_name(lower.c_str(), &value) != 0 || value < 0 || value > 63) {
      throw Error(ErrorKind::kUsage, "unknown capability '" + base::ForMessage(name.substr(0, 80)) +
                                         "' (see capabilities(7))");
    }
    mask |= uint64_t{1} << value;
  }
  return mask;
}

void AppendString(std::string& record, const std::string& text) {
  if (text.find('\0') != std::string::npos) {
    throw Error(ErrorKind::kUsage, "a NUL character in an argument or variable of the container");
  }
  record.append(text).push_back('\0');
}

std::span<const sock_filter> FilterOf(const ContainerSpec& spec) {
  switch (spec.seccomp) {
    case SeccompProfile::kDefault:
      return DefaultSeccompFilter();
    case SeccompProfile::kOwn:
      return spec.own_seccomp.instructions;
    case SeccompProfile::kUnconfined:
      break;
  }
  return {};
}

template <typename T>
void AppendBytes(std::string& record, const T* data, size_t count) {
  record.append(reinterpret_cast<const char*>(data), count * sizeof(T));
}

}  // namespace

base::UniqueFd MakeInitRecord(const ContainerSpec& spec, const IdMap& ids, InitRole role) {
  if (!spec.idle && (spec.argv.empty() || spec.argv.front().empty())) {
    throw Error(ErrorKind::kUsage,
                "no command to run: give one, or use an image with an entrypoint or a command");
  }
  const std::span<const sock_filter> filter = FilterOf(spec);
  InitRecord header = {};
  header.joins = role == InitRole::kFirst ? 0 : 1;
  header.ends_all = role == InitRole::kChecking ? 1 : 0;
  header.uid = spec.user.uid;
  header.gid = spec.user.gid;
  header.group_count = static_cast<uint32_t>(spec.user.groups.size());
  header.keeps_groups = ids.count > 1 ? 0 : 1;
  header.filter_length = static_cast<uint32_t>(filter.size());
  header.filter_flags = spec.own_seccomp.flags;
  header.argument_count = spec.idle ? 0 : static_cast<uint32_t>(spec.argv.size());
  header.environment_count = static_cast<uint32_t>(spec.env.size());
  header.terminal = spec.terminal ? 1 : 0;
  header.stop_signal = static_cast<uint32_t>(spec.stop_signal);
  header.capabilities = CapabilityMask(spec.capabilities);

  std::string record;
  AppendBytes(record, &header, 1);
  AppendBytes(record, spec.user.groups.data(), spec.user.groups.size());
  AppendBytes(record, filter.data(), filter.size());
  AppendString(record, spec.cwd.string());
  for (uint32_t i = 0; i < header.argument_count; ++i) {
    AppendString(record, spec.argv[i]);
  }
  for (const std::string& variable : spec.env) {
    AppendString(record, variable);
  }
  base::UniqueFd file(::memfd_create("runner-record", MFD_CLOEXEC));
  if (!file) {
    throw Error::FromErrno("make a memory file for the record");
  }
  base::WriteAll(file.get(), record, "the record");
  return file;
}

}  // namespace runtime::container
