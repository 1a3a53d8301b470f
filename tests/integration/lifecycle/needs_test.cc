// What a kept container stands on stays while it is kept: its image, its volumes.
#include <gmock/gmock.h>

#include "tests/integration/lifecycle/lifecycle_fixture.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LifecycleNeeds : public LifecycleTest {};

size_t Layers(const fs::path& state) {
  return static_cast<size_t>(
      std::distance(fs::directory_iterator(state / "layers"), fs::directory_iterator()));
}

TEST_F(LifecycleNeeds, TheImageStaysUntilTheContainerIsRemoved) {
  const size_t before = Layers(state());
  MakeImage("passing", "echo mine > file");
  RunToEnd(RunWords({"--name", "stands"}, {"true"}, "passing"));
  ASSERT_EQ(RunToEnd(Runner({"image", "rm", "passing"})).code, 0);
  EXPECT_EQ(Container({"start", "-a", "stands"}).code, 0);
  Ok({"rm", "stands"});
  // The next removal of an image takes it along.
  MakeImage("other", "echo other > file");
  ASSERT_EQ(RunToEnd(Runner({"image", "rm", "other"})).code, 0);
  EXPECT_EQ(Layers(state()), before);
}

TEST_F(LifecycleNeeds, AVolumeStaysUntilTheContainerIsRemoved) {
  Shell({"--name", "writer", "-v", "data:/data"}, "echo x >> /data/file; cat /data/file");
  const Output refused = RunToEnd(Runner({"volume", "rm", "data"}));
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.errors, HasSubstr("a container uses it"));
  EXPECT_EQ(Container({"start", "-a", "writer"}).text, "x\nx\n");
  Ok({"rm", "writer"});
  EXPECT_EQ(RunToEnd(Runner({"volume", "rm", "data"})).code, 0);
}

}  // namespace
}  // namespace tests
