// CgroupSetting: what a container's limits mean as files of cgroups, as a list that can be tested
// without any (Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/).
#pragma once

#include <string>
#include <vector>

#include "runtime/container/container_spec.h"

namespace runtime::container {

struct CgroupSetting {
  const char* controller;
  const char* v1_file;  // null: that version has none
  const char* v2_file;
  std::string v1_value;
  std::string v2_value;
  bool required = true;  // else it is fine when the host doesn't offer it
  bool operator==(const CgroupSetting&) const = default;
};

// In the order in which they are to be written.
std::vector<CgroupSetting> CgroupSettingsFor(const Limits& limits);

}  // namespace runtime::container
