// NameTable: who is called what on a job's network.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

class NameTable {
 public:
  // Letters of either case mean the same. Several members may have one name.
  void Add(unsigned member, const std::string& name, const std::vector<IpAddress>& addresses);
  // A name that only this member's questions are answered with.
  void Pin(unsigned member, const std::string& name, const std::vector<IpAddress>& addresses);
  // What this member asks for is in this table, or nowhere.
  void Restrict(unsigned member) { restricted_.insert(member); }
  void DropMember(unsigned member);

  // For a question of `asker` (0: of nobody in particular). The addresses of all who are called so,
  // in the order in which they came; nothing when nobody is.
  std::optional<std::vector<IpAddress>> Find(unsigned asker, const std::string& name) const;
  bool IsRestricted(unsigned member) const { return restricted_.contains(member); }

 private:
  struct Bearer {
    unsigned member;
    std::vector<IpAddress> addresses;
  };
  std::map<std::string, std::vector<Bearer>> names_;
  std::map<std::pair<unsigned, std::string>, std::vector<IpAddress>> pinned_;
  std::set<unsigned> restricted_;
};

}  // namespace runtime::network::helper
