// NameTable: who is called what on a job's network.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/network/ip_address.h"

namespace runtime::network::helper {

class NameTable {
 public:
  // Letters of either case mean the same. Several members may have one name.
  void Add(unsigned member, const std::string& name, const std::vector<IpAddress>& addresses);
  void DropMember(unsigned member);

  // The addresses of all who are called so, in the order in which they came; nothing when nobody
  // is.
  std::optional<std::vector<IpAddress>> Find(const std::string& name) const;

 private:
  struct Bearer {
    unsigned member;
    std::vector<IpAddress> addresses;
  };
  std::map<std::string, std::vector<Bearer>> names_;
};

}  // namespace runtime::network::helper
