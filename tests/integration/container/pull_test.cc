// runner run --pull: images that come from a registry first.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/integration/container/run_fixture.h"
#include "tests/support/registry_server.h"

namespace tests {
namespace {

using testing::HasSubstr;

class PullByRun : public RunTest {
 protected:
  static Output Verb(const Words& words) { return RunToEnd(Runner(words)); }

  // Puts an image that prints `text` into the registry, and out of the store.
  void Publish(const std::string& name, const std::string& text) {
    MakeImage(name, "echo " + text + " > text", {"CMD [\"cat\", \"/text\"]"});
    ASSERT_EQ(Verb({"image", "tag", name, image_}).code, 0);
    const Output pushed = Verb({"image", "push", image_});
    ASSERT_EQ(pushed.code, 0) << pushed.errors;
    ASSERT_EQ(Verb({"image", "rm", image_, name}).code, 0);
  }

  RegistryServer registry_;
  const std::string image_ = registry_.host() + "/app";
};

TEST_F(PullByRun, MissingImageIsPulledOnceAndOnlyTheContainerPrints) {
  Publish("first", "one");
  Output output = Run({}, {}, image_);
  EXPECT_EQ(output.code, 0) << output.errors;
  EXPECT_EQ(output.text, "one\n");
  registry_.Stop();
  EXPECT_EQ(Run({}, {}, image_), (Output{0, "one\n", ""}));
}

TEST_F(PullByRun, AlwaysFetchesWhatTheNameMeansNow) {
  Publish("before", "old");
  EXPECT_EQ(Run({}, {}, image_).text, "old\n");
  Publish("after", "new");
  EXPECT_EQ(Run({"--pull", "always", "-q"}, {}, image_), (Output{0, "new\n", ""}));
}

TEST_F(PullByRun, NeverRefusesWhatIsNotHere) {
  Publish("never", "never");
  const Output output = Run({"--pull=never"}, {}, image_);
  EXPECT_EQ(output.code, 125);
  EXPECT_THAT(output.errors, HasSubstr("no image"));
}

TEST_F(PullByRun, FailureIsToldInOneLine) {
  registry_.Stop();
  const Output output = Run({"-q"}, {}, image_);
  EXPECT_EQ(output.code, 125);
  EXPECT_EQ(output.text, "");
  EXPECT_THAT(output.errors, HasSubstr(image_));
  EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1) << output.errors;
}

}  // namespace
}  // namespace tests
