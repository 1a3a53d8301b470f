#include "runner/host_share.h"

#include <gtest/gtest.h>
#include <sys/statvfs.h>

namespace runner {
namespace {

TEST(HostShare, OfADiskThatIsFullOrSaysNothingIsABound) {
  struct statvfs st = {};
  ASSERT_EQ(::statvfs("/proc", &st), 0);
  ASSERT_EQ(st.f_bavail, 0u);  // As on a disk that is full.
  EXPECT_EQ(DiskShare("/proc"), kLeastDisk);
  EXPECT_EQ(DiskShare("/proc/self/none"), kLeastDisk);
}

TEST(HostShare, OfMemoryIsABound) { EXPECT_GE(MemoryShare(), kLeastMemory); }

}  // namespace
}  // namespace runner
