#include "runtime/base/pins.h"

#include <gmock/gmock.h>

#include "runtime/base/files.h"

namespace runtime::base {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Pins, AreThoseOfAllContainers) {
  const TemporaryDirectory root(fs::temp_directory_path(), "pins");
  const StateDir state(root.path());
  EXPECT_THAT(PinnedNames(state, PinKind::kImage), IsEmpty());
  for (const char* id : {"a", "b"}) {
    fs::create_directories(state.kept() / id);
    WritePins(state.kept() / id,
              {{PinKind::kImage, "sha256:1"}, {PinKind::kVolume, std::string("v-") + id}});
  }
  fs::create_directories(state.kept() / "empty");
  EXPECT_THAT(PinnedNames(state, PinKind::kImage), ElementsAre("sha256:1"));
  EXPECT_THAT(PinnedNames(state, PinKind::kVolume), ElementsAre("v-a", "v-b"));
}

}  // namespace
}  // namespace runtime::base
