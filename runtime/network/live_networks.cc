#include "runtime/network/live_networks.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/network/helper_order.h"
#include "runtime/network/namespaces.h"

namespace runtime::network {
namespace fs = std::filesystem;
namespace {

constexpr size_t kMaxProcessFile = 64u << 10;

// The words behind `key` in the text of /proc/PID/status; empty when there are none.
std::vector<std::string_view> Words(std::string_view status, std::string_view key) {
  std::vector<std::string_view> words;
  const size_t begin = status.find("\n" + std::string(key) + ":");
  if (begin == std::string_view::npos) {
    return words;
  }
  std::string_view line = status.substr(begin + 1);
  line = line.substr(key.size() + 1, line.find('\n') - key.size() - 1);
  for (size_t at = 0; (at = line.find_first_not_of(" \t", at)) != std::string_view::npos;) {
    const size_t end = std::min(line.find_first_of(" \t", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::vector<std::string> Arguments(std::string_view cmdline) {
  std::vector<std::string> arguments;
  for (size_t begin = 0; begin < cmdline.size();) {
    const size_t end = std::min(cmdline.find('\0', begin), cmdline.size());
    arguments.emplace_back(cmdline.substr(begin, end - begin));
    begin = end + 1;
  }
  return arguments;
}

// A helper of ours (helper/main.cc).
struct Helper {
  std::string parent;
  bool nested = false;  // in a PID namespace below ours, as guards and containers are
  std::vector<std::string> arguments;
};

std::optional<Helper> ReadHelper(const fs::path& process) {
  const auto text = [&](const char* file) {
    try {
      return base::ReadFileIfExists(process / file, kMaxProcessFile).value_or("");
    } catch (const base::Error&) {
      return std::string();  // It has ended meanwhile.
    }
  };
  const std::string status = text("status");
  const std::vector<std::string_view> uid = Words(status, "Uid");
  const std::vector<std::string_view> parent = Words(status, "PPid");
  // Whoever takes the name is no such user.
  if (uid.empty() || uid[0] != std::to_string(NetworkUser()) || parent.empty()) {
    return std::nullopt;
  }
  Helper helper = {.parent = std::string(parent[0]),
                   .nested = Words(status, "NSpid").size() != 1,
                   .arguments = Arguments(text("cmdline"))};
  const bool ours = helper.arguments.size() >= 2 && helper.arguments[0] == kHelperName;
  return ours ? std::optional(std::move(helper)) : std::nullopt;
}

}  // namespace

std::vector<LiveNetwork> LiveNetworks(const fs::path& proc) {
  std::vector<Helper> helpers;
  std::set<std::pair<std::string, std::string>> guarded;  // parent, owner
  for (const fs::directory_entry& entry : fs::directory_iterator(proc)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::optional<Helper> helper = ReadHelper(entry.path());
    if (helper && helper->nested && helper->arguments.size() > 2 &&
        helper->arguments[1] == kGuardWayOut) {
      guarded.emplace(helper->parent, helper->arguments[2]);
    } else if (helper && !helper->nested) {
      helpers.push_back(*std::move(helper));
    }
  }
  std::vector<LiveNetwork> networks;
  for (const Helper& helper : helpers) {
    const std::string& owner = helper.arguments[1];
    networks.push_back({owner, guarded.contains({helper.parent, owner})});
  }
  std::sort(networks.begin(), networks.end(),
            [](const LiveNetwork& a, const LiveNetwork& b) { return a.owner < b.owner; });
  return networks;
}

}  // namespace runtime::network
