// Named volumes: what outlives a container.
#include <gmock/gmock.h>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

using testing::HasSubstr;

class Volume : public RunTest {
 protected:
  static Output Verb(const Words& words) {
    Words all = {"volume"};
    all.insert(all.end(), words.begin(), words.end());
    return RunToEnd(Runner(all));
  }
};

TEST_F(Volume, KeepsWhatAContainerLeavesAndWhoOwnsIt) {
  Text({"-v", "kept:/data"}, "echo hello > /data/file && chown 33:44 /data/file");
  EXPECT_EQ(Text({"-v", "kept:/other"}, "cat /other/file && stat -c %u:%g /other/file"),
            "hello\n33:44");
}

TEST_F(Volume, HoldsAtFirstWhatTheImageHasThere) {
  MakeImage("seeded",
            "mkdir -p srv/in && echo one > srv/in/file && chown 5:6 srv && chmod 750 srv");
  const Words words = {"-v", "first:/srv"};
  EXPECT_EQ(Run(words,
                {"sh", "-c",
                 "cat /srv/in/file; stat -c '%u:%g %a' /srv; touch /srv/mine; rm -r "
                 "/srv/in"},
                "seeded")
                .text,
            "one\n5:6 750\n");
  // Only at first: what was removed stays so while anything is there.
  EXPECT_EQ(Run(words, {"ls", "/srv"}, "seeded").text, "mine\n");
  EXPECT_EQ(Run({"-v", "empty:/srv:nocopy"}, {"ls", "/srv"}, "seeded").text, "");
}

TEST_F(Volume, IsSharedByContainersThatRunAtTheSameTime) {
  Process first(RunWords({"-v", "shared:/data"},
                         {"sh", "-c", "mkfifo /data/pipe; echo ready; cat /data/pipe"}));
  first.ReadUntil("ready");
  Text({"-v", "shared:/data"}, "echo through > /data/pipe");
  EXPECT_THAT(first.Wait().text, HasSubstr("through"));
}

TEST_F(Volume, CanBeReadOnly) {
  Text({"-v", "fixed:/data"}, "echo x > /data/file");
  EXPECT_EQ(
      Text({"-v", "fixed:/data:ro"}, "cat /data/file; echo y 2>/dev/null > /data/file || echo no"),
      "x\nno");
}

TEST_F(Volume, IsNotRemovedWhileAContainerUsesIt) {
  Process user(RunWords({"-v", "used:/data"}, {"sh", "-c", "echo ready; exec sleep 1000"}));
  user.ReadUntil("ready");
  const Output refused = Verb({"rm", "used"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_THAT(refused.errors, HasSubstr("remove volume used: a container uses it"));
  EXPECT_EQ(Verb({"prune", "--force"}).code, 0);
  EXPECT_EQ(Verb({"inspect", "used"}).code, 0);
  user.Signal(SIGKILL);
  user.Wait();
  EXPECT_EQ(Verb({"rm", "used"}).text, "used\n");
  EXPECT_THAT(Verb({"inspect", "used"}).errors, HasSubstr("no volume named used"));
}

TEST_F(Volume, IsMadeListedAndRemoved) {
  EXPECT_EQ(Verb({"create", "--label", "a=b", "listed"}).text, "listed\n");
  EXPECT_EQ(Verb({"create", "listed"}).text, "listed\n");
  EXPECT_THAT(Verb({"ls"}).text, HasSubstr("listed"));
  EXPECT_THAT(Verb({"inspect", "listed"}).text, HasSubstr("\"a\": \"b\""));
  EXPECT_EQ(Verb({"rm", "listed"}).code, 0);
  EXPECT_EQ(Verb({"rm", "listed"}).code, 3);
  EXPECT_EQ(Verb({"create", "../x"}).code, 2);
}

// A volume's content is the container's to make: nothing of it may be followed from outside.
TEST_F(Volume, OfAnImageWithLinksIsFilledWithoutFollowingThem) {
  MakeImage("linked", "mkdir srv && ln -s /etc/shadow srv/link && ln -s /etc srv/dir");
  EXPECT_EQ(
      Run({"-v", "links:/srv"}, {"sh", "-c", "readlink /srv/link; readlink /srv/dir"}, "linked")
          .text,
      "/etc/shadow\n/etc\n");
}

}  // namespace
}  // namespace tests
