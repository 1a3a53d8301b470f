#include "runtime/container/host_masks.h"

#include <gmock/gmock.h>

#include "runtime/base/files.h"

namespace runtime::container {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class HostMasksTest : public testing::Test {
 protected:
  void Make(const std::string& name) {
    fs::create_directories(root_.path() / "sys/devices/system/cpu" / name);
  }
  base::TemporaryDirectory root_{fs::temp_directory_path(), "masks"};
};

TEST_F(HostMasksTest, AreTheThermalCountersOfEachProcessor) {
  for (const char* name : {"cpu0/thermal_throttle", "cpu1/thermal_throttle",
                           "cpu10/thermal_throttle", "cpufreq", "cpuidle", "power", "cpu"}) {
    Make(name);
  }
  EXPECT_THAT(HostMasks(root_.path()),
              ElementsAre("sys/devices/system/cpu/cpu0/thermal_throttle",
                          "sys/devices/system/cpu/cpu1/thermal_throttle",
                          "sys/devices/system/cpu/cpu10/thermal_throttle"));
}

TEST_F(HostMasksTest, AreNoneWhereProcessorsHaveNone) {
  EXPECT_THAT(HostMasks(root_.path()), IsEmpty());
  Make("cpu0/topology");
  EXPECT_THAT(HostMasks(root_.path()), IsEmpty());
}

}  // namespace
}  // namespace runtime::container
