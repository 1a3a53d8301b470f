#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/integration/image/image_test.h"

namespace runtime::image {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

TEST_F(ImageTest, LsPrintsATableJsonOrDigests) {
  const Image image = ImportBase();
  const std::string digest = image.manifest.digest.ToString();
  EXPECT_THAT(Run("$R image ls"),
              MatchesRegex("REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\nbase +1 +" +
                           digest.substr(7, 12) + " +2024-05-06T07:08:09Z +[0-9.]+ [KMi]*B"));
  const json list = json::parse(Run("$R image ls --json"));
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["digest"], digest);
  EXPECT_EQ(Run("$R image ls -q"), digest);
}

TEST_F(ImageTest, LsShowsImagesWithoutANameOnRequest) {
  MakeRootfs();
  Run("$R image import rootfs");
  EXPECT_EQ(json::parse(Run("$R image ls --json")).size(), 0u);
  EXPECT_EQ(json::parse(Run("$R image ls -a --json"))[0]["repository"], "<none>");
}

TEST_F(ImageTest, InspectShowsWhatDockerShows) {
  const Image image = ImportBase();
  const json found = json::parse(Run("$R image inspect base:1"))[0];
  EXPECT_EQ(found["Id"], image.manifest.digest.ToString());
  EXPECT_EQ(found["RepoTags"][0], "base:1");
  EXPECT_EQ(found["Config"]["Env"][0], "A=1");
  EXPECT_EQ(found["RootFS"]["Layers"][0], image.config.diff_ids[0].ToString());
  EXPECT_EQ(found["Layers"][0]["Unpacked"], true);
}

TEST_F(ImageTest, TagAndRmFollowNamesAndDigests) {
  const std::string digest = ImportBase().manifest.digest.ToString();
  Run("$R image tag " + digest.substr(7, 8) + " other:2");
  EXPECT_EQ(Run("$R image rm base:1"), "Untagged: base:1");
  EXPECT_EQ(Run("$R image tag other:2 base:1"), "");
  const Output two_names = Shell("$R image rm " + digest);
  EXPECT_EQ(two_names.code, 2);
  EXPECT_THAT(two_names.text, HasSubstr("(base:1 other:2)"));
  EXPECT_EQ(Run("$R image rm -f " + digest),
            "Untagged: base:1\nUntagged: other:2\nDeleted: " + digest);
  EXPECT_EQ(CountBlobs(), 0u);
  EXPECT_TRUE(store_.layers().List().empty());
}

TEST_F(ImageTest, RmGoesOnAfterAMissingName) {
  ImportBase();
  const Output output = Shell("$R image rm missing:1 base:1 gone:2");
  EXPECT_EQ(output.code, 3);
  EXPECT_THAT(output.text, AllOf(HasSubstr("Untagged: base:1"), HasSubstr("\"missing:1\""),
                                 HasSubstr("\"gone:2\"")));
}

TEST_F(ImageTest, ManyTagsAtOnceAllReachTheIndex) {
  ImportBase();
  Run("for i in $(seq 20); do $R image tag base:1 n$i:1 & done; wait");
  EXPECT_EQ(json::parse(base::ReadFile(root() / "index.json"))["manifests"].size(), 21u);
}

TEST_F(ImageTest, OddNamesAreRefusedByOneLine) {
  ImportBase();
  for (const std::string& name :
       {std::string("../../etc"), std::string("a b"), std::string("A"), std::string("x\x1b[2J"),
        std::string("a:b:c"), std::string("a\nb"), std::string(5000, 'a'), std::string()}) {
    const std::string quoted = "'" + name + "'";
    const Output tag = Shell("$R image tag base:1 " + quoted);
    EXPECT_EQ(tag.code, 2) << tag.text;
    EXPECT_EQ(std::count(tag.text.begin(), tag.text.end(), '\n'), 1) << tag.text;
    EXPECT_THAT(tag.text, StartsWith("runner: "));
    EXPECT_EQ(tag.text.find('\x1b'), std::string::npos);
    const Output inspect = Shell("$R image inspect " + quoted);
    EXPECT_EQ(inspect.code, 2) << inspect.text;
  }
  EXPECT_EQ(store_.List().size(), 1u);
}

TEST_F(ImageTest, DamageIsToldByOneLineAndTheRestIsListed) {
  const Image image = ImportBase();
  Run("$R image import -c 'USER 1' rootfs.tar good:1");
  std::ofstream(state_.blobs() / image.config_blob.digest.hex(), std::ios::trunc) << "{}";
  const Output list = Shell("$R image ls");
  EXPECT_EQ(list.code, 3);
  EXPECT_THAT(list.text,
              AllOf(HasSubstr("runner: base:1: "), HasSubstr("is damaged"), HasSubstr("good")));
  const Output inspect = Shell("$R image inspect base:1");
  EXPECT_EQ(inspect.code, 3);
  EXPECT_THAT(inspect.text, HasSubstr(image.config_blob.digest.ToString()));
  Run("$R image rm base:1");
  EXPECT_EQ(Shell("$R image ls").code, 0);
}

TEST_F(ImageTest, AnArchiveOfADamagedImageIsNotWritten) {
  const Image image = ImportBase();
  std::ofstream(state_.blobs() / image.blobs[0].digest.hex(), std::ios::trunc) << "short";
  const Output output = Shell("$R image save -o a.tar base:1");
  EXPECT_EQ(output.code, 3);
  EXPECT_THAT(output.text, HasSubstr(image.blobs[0].digest.ToString()));
  EXPECT_FALSE(std::filesystem::exists(File("a.tar")));
  EXPECT_EQ(Shell("mkdir d && $R image save -o d base:1").code, 3);
  EXPECT_EQ(Run("ls -A d"), "");
}

TEST_F(ImageTest, SaveKeepsADirectoryThatHasSomething) {
  ImportBase();
  Run("mkdir d && touch d/precious");
  EXPECT_EQ(Shell("$R image save -o d base:1").code, 3);
  EXPECT_EQ(Run("ls -A d"), "precious");
}

TEST_F(ImageTest, UnknownVerbsAreAnsweredByTheNearest) {
  const Output typo = Shell("$R imgae ls");
  EXPECT_EQ(typo.code, 2);
  EXPECT_EQ(typo.text, "runner: \"imgae\" is no verb of runner; did you mean \"image\"?\n");
  EXPECT_EQ(Shell("$R image lsa").text,
            "runner: \"lsa\" is no verb of runner image; did you mean \"ls\"?\n");
  EXPECT_EQ(Shell("$R image frobnicate").text,
            "runner: \"frobnicate\" is no verb of runner image; see: runner image help\n");
  EXPECT_EQ(Shell("$R").code, 2);
  EXPECT_EQ(Shell("$R help").code, 0);
  EXPECT_THAT(Run("$R image --help"), HasSubstr("import"));
  EXPECT_EQ(Shell("$R image ls --frob").code, 2);
}

}  // namespace
}  // namespace runtime::image
