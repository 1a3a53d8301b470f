#include "runtime/container/resource_limits.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include <algorithm>

namespace runtime::container {
namespace {

using testing::Contains;

TEST(ResourceLimits, BoundOpenFilesByDefault) {
  rlimit own = {};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &own), 0);
  const rlim_t files = std::min<rlim_t>(own.rlim_max, 65'536);
  EXPECT_THAT(ResourcesFor({}), Contains(ResourceLimit{RLIMIT_NOFILE, files, files}));
}

// 0 would be the limit of files alone (core(5), "Piping core dumps to a program").
TEST(ResourceLimits, StopCoreFilesAndThoseForAProgramOfTheHost) {
  rlimit own = {};
  ASSERT_EQ(::getrlimit(RLIMIT_CORE, &own), 0);
  const rlim_t one = std::min<rlim_t>(own.rlim_max, 1);
  EXPECT_THAT(ResourcesFor({}), Contains(ResourceLimit{RLIMIT_CORE, one, one}));
}

TEST(ResourceLimits, OfCoreFilesAreThoseThatWereAskedFor) {
  ContainerSpec spec;
  spec.limits.resources = {{RLIMIT_CORE, 0, 4096}};
  EXPECT_THAT(ResourcesFor(spec), Contains(ResourceLimit{RLIMIT_CORE, 0, 4096}));
}

}  // namespace
}  // namespace runtime::container
