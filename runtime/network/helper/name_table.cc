#include "runtime/network/helper/name_table.h"

#include <algorithm>

namespace runtime::network::helper {
namespace {

// An answer stays small, whatever the file asks for.
constexpr size_t kMaxAddresses = 32;

std::string Lower(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

}  // namespace

void NameTable::Add(unsigned member, const std::string& name,
                    const std::vector<IpAddress>& addresses) {
  names_[Lower(name)].push_back({member, addresses});
}

void NameTable::Pin(unsigned member, const std::string& name,
                    const std::vector<IpAddress>& addresses) {
  std::vector<IpAddress>& all = pinned_[{member, Lower(name)}];
  all.insert(all.end(), addresses.begin(), addresses.end());
  all.resize(std::min(all.size(), kMaxAddresses));
}

void NameTable::DropMember(unsigned member) {
  for (auto& [name, bearers] : names_) {
    std::erase_if(bearers, [&](const Bearer& bearer) { return bearer.member == member; });
  }
  std::erase_if(names_, [](const auto& entry) { return entry.second.empty(); });
  std::erase_if(pinned_, [&](const auto& entry) { return entry.first.first == member; });
  restricted_.erase(member);
}

std::optional<std::vector<IpAddress>> NameTable::Find(unsigned asker,
                                                      const std::string& name) const {
  const auto found = names_.find(Lower(name));
  if (found == names_.end()) {
    const auto pinned = pinned_.find({asker, Lower(name)});
    return pinned == pinned_.end() ? std::nullopt : std::optional(pinned->second);
  }
  std::vector<IpAddress> addresses;
  for (const Bearer& bearer : found->second) {
    addresses.insert(addresses.end(), bearer.addresses.begin(), bearer.addresses.end());
  }
  addresses.resize(std::min(addresses.size(), kMaxAddresses));
  return addresses;
}

}  // namespace runtime::network::helper
