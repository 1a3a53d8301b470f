#include "runner/host_share.h"

#include <sys/statvfs.h>
#include <sys/sysinfo.h>

namespace runner {

uint64_t MemoryShare() {
  struct sysinfo info = {};
  ::sysinfo(&info);
  return static_cast<uint64_t>(info.totalram) * info.mem_unit / 4 * 3;
}

uint64_t DiskShare(const std::filesystem::path& path) {
  struct statvfs st = {};
  ::statvfs(path.c_str(), &st);
  return static_cast<uint64_t>(st.f_bavail) * st.f_frsize / 2;
}

}  // namespace runner
