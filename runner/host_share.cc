#include "runner/host_share.h"

#include <sys/statvfs.h>
#include <sys/sysinfo.h>

#include <algorithm>

namespace runner {

uint64_t MemoryShare() {
  struct sysinfo info = {};
  ::sysinfo(&info);
  return std::max(static_cast<uint64_t>(info.totalram) * info.mem_unit / 4 * 3, kLeastMemory);
}

uint64_t DiskShare(const std::filesystem::path& path) {
  struct statvfs st = {};
  ::statvfs(path.c_str(), &st);
  return std::max(static_cast<uint64_t>(st.f_bavail) * st.f_frsize / 2, kLeastDisk);
}

}  // namespace runner
