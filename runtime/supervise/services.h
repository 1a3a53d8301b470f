// Services: those that an image has, the directories in /etc/service.
#pragma once

#include "runtime/supervise/service.h"

namespace runtime::supervise {

inline constexpr char kServiceDirectory[] = "/etc/service";
inline constexpr int kMaxServices = 64;

// In the order of their names (strcmp(3)).
class Services {
 public:
  // Names that begin with "." are none, and a directory that isn't there has none. False, having
  // said why, when one can't be used or there are too many.
  bool Open(const char* path);

  Service* begin() { return list_; }
  Service* end() { return list_ + count_; }
  int count() const { return count_; }

  // Null when there is none.
  Service* FindByName(std::string_view name);
  Service* FindByPid(pid_t pid);

 private:
  int count_ = 0;
  Service list_[kMaxServices];
};

}  // namespace runtime::supervise
