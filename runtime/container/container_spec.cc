#include "runtime/container/container_spec.h"

namespace runtime::container {

const std::vector<std::string>& DefaultCapabilities() {
  static const std::vector<std::string> kNames = {
      "CHOWN",   "DAC_OVERRIDE", "FSETID",           "FOWNER",
      "MKNOD",   "NET_RAW",      "SETGID",           "SETUID",
      "SETFCAP", "SETPCAP",      "NET_BIND_SERVICE", "SYS_CHROOT",
      "KILL",    "AUDIT_WRITE"};
  return kNames;
}

}  // namespace runtime::container
