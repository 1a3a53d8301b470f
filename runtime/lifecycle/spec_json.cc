#include "runtime/lifecycle/spec_json.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/utf8.h"

// Each ToJson takes its struct apart by name: a member that is added there fails to compile here,
// instead of being lost when a container is kept.

namespace runtime::lifecycle {
using base::Error;
using base::ErrorKind;
using container::BindMount;
using container::ContainerSpec;
using container::Limits;
using container::Network;
using container::ResourceLimit;
using container::SeccompProfile;
using container::SeccompProgram;
using container::Sysctl;
using container::TmpfsMount;
using container::User;
using nlohmann::json;

namespace {

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::optional<base::Utf8Scalar> scalar = base::DecodeUtf8(text);
    if (!scalar) {
      return false;
    }
    text.remove_prefix(scalar->bytes);
  }
  return true;
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned char byte = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, byte, 16);
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

template <typename T, typename F>
json List(const std::vector<T>& values, F&& convert) {
  json list = json::array();
  for (const T& value : values) {
    list.push_back(convert(value));
  }
  return list;
}

template <typename T, typename F>
std::vector<T> FromList(const json& list, F&& convert) {
  std::vector<T> values;
  for (const json& value : list) {
    values.push_back(convert(value));
  }
  return values;
}

template <typename E>
using Names = std::initializer_list<std::pair<E, const char*>>;

constexpr Names<Network> kNetworks = {{Network::kNone, "none"}, {Network::kHost, "host"}};
constexpr Names<SeccompProfile> kProfiles = {{SeccompProfile::kDefault, "default"},
                                             {SeccompProfile::kUnconfined, "unconfined"},
                                             {SeccompProfile::kOwn, "own"}};

template <typename E>
const char* NameOf(const Names<E>& names, E value) {
  for (const auto& [known, name] : names) {
    if (known == value) {
      return name;
    }
  }
  throw Error(ErrorKind::kInternal, "a value of the container has no name for its record");
}

template <typename E>
E ValueOf(const Names<E>& names, const json& text) {
  for (const auto& [value, name] : names) {
    if (text == name) {
      return value;
    }
  }
  throw Error(ErrorKind::kInvalid, "unknown value " + text.dump());
}

json ToJson(const User& user) {
  const auto& [uid, gid, groups] = user;
  return {{"uid", uid}, {"gid", gid}, {"groups", groups}};
}

User UserFrom(const json& from) { return {from.at("uid"), from.at("gid"), from.at("groups")}; }

json ToJson(const BindMount& bind) {
  const auto& [source, target, read_only, resolved] = bind;
  return {{"source", TextToJson(source)},
          {"target", TextToJson(target)},
          {"read-only", read_only},
          {"resolved", resolved}};
}

BindMount BindFrom(const json& from) {
  return {.source = TextFromJson(from.at("source")),
          .target = TextFromJson(from.at("target")),
          .read_only = from.at("read-only"),
          .resolved = from.value("resolved", false)};
}

json ToJson(const TmpfsMount& tmpfs) {
  const auto& [target, size_bytes, mode, read_only, executable] = tmpfs;
  return {{"target", TextToJson(target)},
          {"size", size_bytes},
          {"mode", mode},
          {"read-only", read_only},
          {"executable", executable}};
}

TmpfsMount TmpfsFrom(const json& from) {
  return {TextFromJson(from.at("target")), from.at("size"), from.at("mode"), from.at("read-only"),
          from.at("executable")};
}

json ToJson(const Sysctl& sysctl) {
  const auto& [name, value] = sysctl;
  return {{"name", TextToJson(name)}, {"value", TextToJson(value)}};
}

Sysctl SysctlFrom(const json& from) {
  return {TextFromJson(from.at("name")), TextFromJson(from.at("value"))};
}

// The instructions as the kernel has them.
json ToJson(const SeccompProgram& program) {
  const auto& [instructions, flags] = program;
  const std::string_view bytes(reinterpret_cast<const char*>(instructions.data()),
                               instructions.size() * sizeof(sock_filter));
  return {{"instructions", base::ToHex(bytes)}, {"flags", flags}};
}

SeccompProgram ProgramFrom(const json& from) {
  const std::string bytes = FromHex(from.at("instructions"));
  SeccompProgram program;
  program.instructions.resize(bytes.size() / sizeof(sock_filter));
  if (!program.instructions.empty()) {
    std::memcpy(program.instructions.data(), bytes.data(),
                program.instructions.size() * sizeof(sock_filter));
  }
  program.flags = from.at("flags");
  return program;
}

json ToJson(const ResourceLimit& limit) {
  const auto& [resource, soft, hard] = limit;
  return {resource, soft, hard};
}

ResourceLimit ResourceFrom(const json& from) { return {from.at(0), from.at(1), from.at(2)}; }

json ToJson(const Limits& limits) {
  const auto& [memory_bytes, swap_bytes, cpus, cpu_shares, cpuset, pids, shm_bytes, disk_bytes,
               resources, oom_score_adj, if_possible, memory_if_possible] = limits;
  return {{"memory", memory_bytes},
          {"swap", swap_bytes},
          {"cpus", cpus},
          {"cpu-shares", cpu_shares},
          {"cpuset", cpuset},
          {"pids", pids},
          {"shm", shm_bytes},
          {"disk", disk_bytes},
          {"resources", List(resources, [](const ResourceLimit& r) { return ToJson(r); })},
          {"oom-score-adj", oom_score_adj ? json(*oom_score_adj) : json()},
          {"if-possible", if_possible},
          {"memory-if-possible", memory_if_possible}};
}

Limits LimitsFrom(const json& from) {
  const json& oom_score_adj = from.at("oom-score-adj");
  return {from.at("memory"),
          from.at("swap"),
          from.at("cpus"),
          from.at("cpu-shares"),
          from.at("cpuset"),
          from.at("pids"),
          from.at("shm"),
          from.at("disk"),
          FromList<ResourceLimit>(from.at("resources"), ResourceFrom),
          oom_score_adj.is_null() ? std::nullopt : std::optional<int>(oom_score_adj.get<int>()),
          from.at("if-possible"),
          from.at("memory-if-possible")};
}

}  // namespace

json TextToJson(const std::string& text) {
  return IsUtf8(text) ? json(text) : json{{"hex", base::ToHex(text)}};
}

std::string TextFromJson(const json& from) {
  return from.is_object() ? FromHex(from.at("hex")) : from.get<std::string>();
}

json TextsToJson(const std::vector<std::string>& texts) { return List(texts, TextToJson); }

std::vector<std::string> TextsFromJson(const json& from) {
  return FromList<std::string>(from, TextFromJson);
}

json SpecToJson(const ContainerSpec& spec) {
  const auto& [id, hostname, rootfs, read_only, overlays, binds, inner, tmpfs, secrets, sysctls,
               idle, argv, env, cwd, make_cwd, user, capabilities, seccomp, own_seccomp, network,
               configure_network, cores, resolv_conf, hosts, limits, terminal, timeout, grace,
               stop_signal] = spec;
  if (!overlays.empty() || !inner.empty()) {
    throw Error(ErrorKind::kInternal, "a container that is kept has no other layers than its own");
  }
  if (configure_network) {
    throw Error(ErrorKind::kInternal, "the network of a container that is kept is its monitor's");
  }
  if (!secrets.empty()) {
    throw Error(ErrorKind::kInternal, "a container that is kept has no secrets: they would be too");
  }
  static_cast<void>(idle);    // For a time, and never written down.
  static_cast<void>(rootfs);  // The layers and the writable part are the record's.
  return {{"id", id},
          {"hostname", hostname},
          {"read-only", read_only},
          {"binds", List(binds, [](const BindMount& b) { return ToJson(b); })},
          {"tmpfs", List(tmpfs, [](const TmpfsMount& t) { return ToJson(t); })},
          {"sysctls", List(sysctls, [](const Sysctl& s) { return ToJson(s); })},
          {"argv", TextsToJson(argv)},
          {"env", TextsToJson(env)},
          {"cwd", TextToJson(cwd)},
          {"make-cwd", make_cwd},
          {"user", ToJson(user)},
          {"capabilities", capabilities},
          {"seccomp", NameOf(kProfiles, seccomp)},
          {"own-seccomp", ToJson(own_seccomp)},
          {"network", NameOf(kNetworks, network)},
          {"cores", cores},
          {"resolv-conf", TextToJson(resolv_conf)},
          {"hosts", TextToJson(hosts)},
          {"limits", ToJson(limits)},
          {"terminal", terminal},
          {"timeout-ms", timeout.count()},
          {"grace-ms", grace.count()},
          {"stop-signal", stop_signal}};
}

ContainerSpec SpecFromJson(const json& from) {
  ContainerSpec spec;
  spec.id = from.at("id");
  spec.hostname = from.at("hostname");
  spec.read_only = from.at("read-only");
  spec.binds = FromList<BindMount>(from.at("binds"), BindFrom);
  spec.tmpfs = FromList<TmpfsMount>(from.at("tmpfs"), TmpfsFrom);
  spec.sysctls = FromList<Sysctl>(from.at("sysctls"), SysctlFrom);
  spec.argv = TextsFromJson(from.at("argv"));
  spec.env = TextsFromJson(from.at("env"));
  spec.cwd = TextFromJson(from.at("cwd"));
  spec.make_cwd = from.at("make-cwd");
  spec.user = UserFrom(from.at("user"));
  spec.capabilities = from.at("capabilities").get<std::vector<std::string>>();
  spec.seccomp = ValueOf(kProfiles, from.at("seccomp"));
  spec.own_seccomp = ProgramFrom(from.at("own-seccomp"));
  spec.network = ValueOf(kNetworks, from.at("network"));
  spec.cores = from.value("cores", 0U);
  spec.resolv_conf = TextFromJson(from.at("resolv-conf"));
  spec.hosts = TextFromJson(from.at("hosts"));
  spec.limits = LimitsFrom(from.at("limits"));
  spec.terminal = from.at("terminal");
  spec.timeout = std::chrono::milliseconds(from.at("timeout-ms").get<int64_t>());
  spec.grace = std::chrono::milliseconds(from.at("grace-ms").get<int64_t>());
  spec.stop_signal = from.at("stop-signal");
  return spec;
}

}  // namespace runtime::lifecycle
