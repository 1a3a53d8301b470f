// Archives that lie or overwhelm: each is refused by one clear line, and nothing of it stays.
#include <gmock/gmock.h>

#include "tests/integration/image/image_test.h"
#include "tests/integration/image/layout_builder.h"

namespace runtime::image {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class HostileArchiveTest : public ImageTest {
 protected:
  void SetUp() override {
    MakeRootfs();
    Run("tar -C rootfs -cf rootfs.tar .");
    tar_ = base::ReadFile(File("rootfs.tar"));
  }

  // Loading "layout" fails, from the directory and from an archive of it.
  void ExpectRefused(const std::string& reason) const {
    Run("tar -C layout -cf layout.tar .");
    for (const char* input : {"layout", "layout.tar"}) {
      const Output output = Shell(std::string("$R image load -i ") + input);
      EXPECT_EQ(output.code, 3) << output.text;
      EXPECT_THAT(output.text, HasSubstr(reason)) << input;
      EXPECT_EQ(std::count(output.text.begin(), output.text.end(), '\n'), 1) << output.text;
      EXPECT_EQ(CountBlobs(), 0u) << input;
      EXPECT_TRUE(store_.List().empty());
      ExpectClean();
    }
  }

  std::string tar_;
};

TEST_F(HostileArchiveTest, AnHonestOneLoads) {
  const LayoutBuilder layout(File("layout"));
  layout.Finish(layout.Image(tar_), "x:1");
  EXPECT_EQ(Run("$R image load -i layout"), "Loaded image: x:1");
}

TEST_F(HostileArchiveTest, ALayerWithAnotherDigest) {
  const LayoutBuilder layout(File("layout"));
  const json manifest = layout.Image(tar_);
  layout.Finish(manifest, "x:1");
  std::string flipped = tar_;
  flipped[600] = static_cast<char>(flipped[600] ^ 1);
  const std::string digest = manifest["layers"][0]["digest"];
  layout.Put("blobs/sha256/" + digest.substr(7), flipped);
  ExpectRefused(digest);
}

TEST_F(HostileArchiveTest, ALayerOfAnotherSize) {
  const LayoutBuilder layout(File("layout"));
  json manifest = layout.Image(tar_);
  manifest["layers"][0]["size"] = tar_.size() - 1;
  layout.Finish(manifest, "x:1");
  ExpectRefused("bytes");
}

TEST_F(HostileArchiveTest, ALayerWhoseDiffIdLies) {
  const LayoutBuilder layout(File("layout"));
  const std::string lie = base::Digest::Of("lie").ToString();
  layout.Finish(layout.Manifest(LayoutBuilder::Config({lie}),
                                {layout.Blob(tar_, "application/vnd.oci.image.layer.v1.tar")}),
                "x:1");
  ExpectRefused(lie);
}

TEST_F(HostileArchiveTest, ABlobThatIsMissing) {
  const LayoutBuilder layout(File("layout"));
  const json manifest = layout.Image(tar_);
  layout.Finish(manifest, "x:1");
  const std::string digest = manifest["config"]["digest"];
  std::filesystem::remove(File("layout") / ("blobs/sha256/" + digest.substr(7)));
  ExpectRefused(digest);
}

TEST_F(HostileArchiveTest, AManifestOrConfigThatLies) {
  const LayoutBuilder layout(File("layout"));
  const json manifest = layout.Image(tar_);
  layout.Finish(manifest, "x:1");
  const std::string digest = base::Digest::Of(manifest.dump()).ToString();
  layout.Put("blobs/sha256/" + digest.substr(7), manifest.dump() + " ");
  ExpectRefused(digest);
}

TEST_F(HostileArchiveTest, MoreLayersThanDiffIds) {
  const LayoutBuilder layout(File("layout"));
  layout.Finish(layout.Manifest(LayoutBuilder::Config({}),
                                {layout.Blob(tar_, "application/vnd.oci.image.layer.v1.tar")}),
                "x:1");
  ExpectRefused("1 layers, but 0 diffIDs");
}

TEST_F(HostileArchiveTest, ADocumentThatIsManifestAndIndex) {
  const LayoutBuilder layout(File("layout"));
  json manifest = layout.Image(tar_);
  manifest["manifests"] = json::array();
  layout.Finish(manifest, "x:1");
  ExpectRefused("manifest and index at once");
}

TEST_F(HostileArchiveTest, IndexesNestedAHundredDeep) {
  const LayoutBuilder layout(File("layout"));
  json descriptor = layout.Blob(layout.Image(tar_).dump(), kManifestType);
  for (int depth = 0; depth < 100; ++depth) {
    descriptor = layout.Blob(LayoutBuilder::IndexOf({descriptor}).dump(), kIndexType);
  }
  layout.Put("index.json", LayoutBuilder::IndexOf({descriptor}).dump());
  ExpectRefused("nested more than 4 deep");
}

TEST_F(HostileArchiveTest, TheImageOfThisMachineIsTakenFromAnIndex) {
  const LayoutBuilder layout(File("layout"));
  json other = layout.Blob("{}", kManifestType);
  other["platform"] = {{"os", "linux"}, {"architecture", "s390x"}};
  json mine = layout.Blob(layout.Image(tar_).dump(), kManifestType);
  mine["platform"] = {{"os", "linux"}, {"architecture", HostArchitecture()}};
  json index = layout.Blob(LayoutBuilder::IndexOf({other, mine}).dump(), kIndexType);
  index["annotations"] = {{"io.containerd.image.name", "docker.io/library/x:1"}};
  layout.Put("index.json", LayoutBuilder::IndexOf({index}).dump());
  EXPECT_EQ(Run("$R image load -i layout"), "Loaded image: docker.io/library/x:1");
  EXPECT_EQ(store_.Get("x:1").manifest.digest.ToString(), mine["digest"]);
}

TEST_F(HostileArchiveTest, ABlobThatIsALinkToTheHost) {
  const LayoutBuilder layout(File("layout"));
  const json manifest = layout.Image(tar_);
  layout.Finish(manifest, "x:1");
  const std::string digest = manifest["layers"][0]["digest"];
  const auto blob = File("layout") / ("blobs/sha256/" + digest.substr(7));
  std::filesystem::rename(blob, File("outside"));
  std::filesystem::create_symlink(File("outside"), blob);
  EXPECT_EQ(Shell("$R image load -i layout").code, 3);
  Run("tar -C layout -cf layout.tar .");
  EXPECT_EQ(Shell("$R image load -i layout.tar").code, 3);
  EXPECT_EQ(CountBlobs(), 0u);
}

TEST_F(HostileArchiveTest, NamesAndFilesThatAnArchiveMustNotHave) {
  Run("mkdir m && echo '[]' > m/manifest.json");
  for (const char* make :
       {"tar -cPf bad.tar /etc/hostname", "tar -cf bad.tar --transform 's,^,../,' rootfs.tar",
        "tar -cf bad.tar rootfs.tar rootfs.tar", "mkfifo f && tar -cf bad.tar f",
        "ln -s ../../x l && tar -cf bad.tar l"}) {
    Run(make);
    const Output output = Shell("$R image load -i bad.tar");
    EXPECT_EQ(output.code, 3) << make;
    EXPECT_THAT(output.text, HasSubstr("the archive has")) << make;
  }
  ExpectClean();
}

TEST_F(HostileArchiveTest, AChainOfLinksThatNeverEnds) {
  Run("mkdir c && ln -s b c/a && ln -s a c/b && printf '[{\"Config\":\"a\",\"RepoTags\":null,"
      "\"Layers\":[]}]' > c/manifest.json && tar -C c -cf bad.tar .");
  const Output output = Shell("$R image load -i bad.tar");
  EXPECT_EQ(output.code, 3);
  EXPECT_THAT(output.text, HasSubstr("chain of links"));
}

TEST_F(HostileArchiveTest, BombsStopAtANamedLimit) {
  const Output bomb = Shell(
      "head -c 1200M /dev/zero > zeros && tar -cf - zeros | zstd -q > bomb.tar.zst && rm "
      "zeros && $R image load -i bomb.tar.zst");
  EXPECT_EQ(bomb.code, 3);
  EXPECT_THAT(bomb.text, HasSubstr("expands more than 100 times"));
  const Output many = Shell(
      "mkdir many && (cd many && seq 20001 | xargs touch) && tar -cf many.tar many && "
      "$R image load -i many.tar");
  EXPECT_EQ(many.code, 3);
  EXPECT_THAT(many.text, HasSubstr("more than 20000 files"));
  EXPECT_EQ(CountBlobs(), 0u);
  ExpectClean();
}

}  // namespace
}  // namespace runtime::image
