#include "runtime/container/user.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/text.h"
#include "runtime/layer/view.h"

namespace runtime::container {
namespace {

using base::Error;
using base::ErrorKind;

bool IsNumber(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<uint32_t> ParseId(std::string_view text) {
  const auto value = base::ParseInteger<uint32_t>(text);
  return value && *value <= 0x7FFFFFFF ? value : std::nullopt;
}

[[noreturn]] void RefuseUser(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::kUsage,
              "user '" + base::ForMessage(text) + "': " + std::string(why) +
                  "; expected a name or number of the image, with an optional :group");
}

// The line of a passwd(5) or group(5) file whose field `index` is `value`.
std::optional<std::vector<std::string_view>> FindLine(std::string_view file, size_t index,
                                                      std::string_view value, size_t fields) {
  for (const std::string_view line : base::Split(file, '\n')) {
    std::vector<std::string_view> parts = base::Split(line, ':');
    if (parts.size() >= fields && parts[index] == value) {
      return parts;
    }
  }
  return std::nullopt;
}

uint32_t ResolveGroup(std::string_view text, std::string_view group) {
  if (const std::optional<uint32_t> number = ParseId(text)) {
    return *number;
  }
  const auto line = IsNumber(text) ? std::nullopt : FindLine(group, 0, text, 3);
  const std::optional<uint32_t> gid = line ? ParseId((*line)[2]) : std::nullopt;
  if (!gid) {
    RefuseUser(text, "no such group in the image");
  }
  return *gid;
}

std::vector<uint32_t> SupplementaryGroups(std::string_view name, std::string_view group) {
  std::vector<uint32_t> groups;
  for (const std::string_view line : base::Split(group, '\n')) {
    const std::vector<std::string_view> parts = base::Split(line, ':');
    if (parts.size() < 4 || groups.size() >= 256) {
      continue;
    }
    const std::vector<std::string_view> members = base::Split(parts[3], ',');
    const std::optional<uint32_t> gid = ParseId(parts[2]);
    if (gid && std::find(members.begin(), members.end(), name) != members.end()) {
      groups.push_back(*gid);
    }
  }
  return groups;
}

std::string ReadAccounts(int root, const char* path) {
  base::UniqueFd file;
  try {
    file = base::OpenBeneath(root, path, O_RDONLY | O_NONBLOCK, base::Links::kNoLinks);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kNotFound) {
      return {};
    }
    throw e.Within("look up the user");
  }
  struct stat st;
  if (::fstat(file.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
    throw Error(ErrorKind::kInvalid, std::string(path) + " of the image isn't a regular file");
  }
  return base::ReadAll(file.get(), std::string(path) + " of the image", 1 << 20);
}

}  // namespace

Account ResolveUser(std::string_view text, std::string_view passwd, std::string_view group) {
  Account account;
  if (text.empty() || text == "0") {
    account.home = "/root";
    return account;
  }
  const size_t colon = text.find(':');
  const std::string_view user = text.substr(0, colon);
  if (user.empty() || (colon != std::string_view::npos && colon + 1 == text.size())) {
    RefuseUser(text, "a part is empty");
  }
  const bool number = IsNumber(user);
  const auto line = FindLine(passwd, number ? 2 : 0, user, 6);
  const std::optional<uint32_t> uid = number ? ParseId(user)
                                      : line ? ParseId((*line)[2])
                                             : std::nullopt;
  if (!uid) {
    RefuseUser(text, number ? "the number is out of range" : "no such user in the image");
  }
  account.user.uid = *uid;
  if (line) {
    account.home = std::string((*line)[5]);
  }
  if (colon != std::string_view::npos) {
    account.user.gid = ResolveGroup(text.substr(colon + 1), group);
  } else if (line) {
    const std::optional<uint32_t> gid = ParseId((*line)[3]);
    if (!gid) {
      RefuseUser(text, "its account in the image has no group that is a number; give one");
    }
    account.user.gid = *gid;
    account.user.groups = SupplementaryGroups((*line)[0], group);
  }
  return account;
}

Account ResolveUserIn(std::string_view text, const layer::Snapshot& rootfs) {
  if (text.empty() || text == "0") {
    return ResolveUser(text, {}, {});
  }
  const base::UniqueFd root = layer::OpenView(rootfs);
  return ResolveUser(text, ReadAccounts(root.get(), "etc/passwd"),
                     ReadAccounts(root.get(), "etc/group"));
}

void RequireMapped(const User& user, const IdMap& ids) {
  std::vector<uint32_t> all = user.groups;
  all.insert(all.end(), {user.uid, user.gid});
  const uint32_t largest = *std::max_element(all.begin(), all.end());
  if (largest >= ids.count) {
    throw Error(ErrorKind::kUsage,
                "user or group " + std::to_string(largest) + ": a container has the numbers 0 to " +
                    std::to_string(ids.count - 1) +
                    (ids.count == 1 ? "; more need root, or the package uidmap and a line for you "
                                      "in /etc/subuid and /etc/subgid (see: runner doctor)"
                                    : ""));
  }
}

std::vector<uint32_t> ResolveGroupsIn(const std::vector<std::string>& groups,
                                      const layer::Snapshot& rootfs) {
  std::string file;
  if (std::any_of(groups.begin(), groups.end(), [](const auto& g) { return !IsNumber(g); })) {
    file = ReadAccounts(layer::OpenView(rootfs).get(), "etc/group");
  }
  std::vector<uint32_t> numbers;
  std::transform(groups.begin(), groups.end(), std::back_inserter(numbers),
                 [&](const std::string& group) { return ResolveGroup(group, file); });
  return numbers;
}

}  // namespace runtime::container
