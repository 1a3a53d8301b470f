#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/integration/image/image_test.h"

namespace runtime::image {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(ImageTest, ImportGivesOneDigestForEveryFormOfTheSameTree) {
  MakeRootfs();
  Run("tar -C rootfs -cf a.tar . && gzip -kc a.tar > a.tar.gz && zstd -q a.tar -o a.tar.zst");
  const std::string digest = Run("$R image import a.tar");
  EXPECT_EQ(Run("$R image import a.tar.gz x:1"), digest);
  EXPECT_EQ(Run("$R image import - < a.tar.zst"), digest);
  EXPECT_EQ(Run("$R image import rootfs"), digest);
  EXPECT_EQ(Run("RUNNER_ROOT=$PWD/other $R image import a.tar"), digest);
  ExpectClean();
}

TEST_F(ImageTest, ImportKeepsModesOwnersAndLinks) {
  const Image image = ImportBase();
  const auto layer = store_.layers().Path(image.layers[0]);
  EXPECT_EQ(Run("cd " + layer.string() +
                " && stat -c '%n %a %u:%g %h %Y' usr/bin/tool etc/passwd "
                "tmp root && readlink bin"),
            "usr/bin/tool 4755 0:0 2 1714979289\netc/passwd 644 33:44 1 1714979289\n"
            "tmp 1777 0:0 2 1714979289\nroot 700 0:0 2 1714979289\nusr/bin");
}

TEST_F(ImageTest, TheUnpackedLayerIsWhatItsBlobUnpacksTo) {
  const Image image = ImportBase();
  const auto layer = store_.layers().Path(image.layers[0]).string();
  Run("mkdir again && tar -xpf state/blobs/sha256/" + image.blobs[0].digest.hex() + " -C again");
  const std::string list = "find . -mindepth 1 -printf '%P %m %U:%G %l %T@ %s %y\\n' | sort";
  EXPECT_EQ(Run("cd again && " + list), Run("cd " + layer + " && " + list));
}

TEST_F(ImageTest, ImportTakesTheConfigFromChanges) {
  MakeRootfs();
  Run("$R image import -c 'ENTRYPOINT [\"/bin/tool\", \"-x\"]' -c 'CMD [\"a b\"]' -c 'USER 33' "
      "--change 'ENV A=1 B=\"2 3\"' -c 'WORKDIR /tmp' -c 'EXPOSE 80' -c 'LABEL l=v' "
      "-m 'by hand' rootfs base:1");
  const ImageConfig config = store_.Get("base:1").config;
  EXPECT_THAT(config.entrypoint, ElementsAre("/bin/tool", "-x"));
  EXPECT_THAT(config.cmd, ElementsAre("a b"));
  EXPECT_THAT(config.env, ElementsAre("A=1", "B=2 3"));
  EXPECT_THAT(config.exposed_ports, ElementsAre("80/tcp"));
  EXPECT_EQ(config.user, "33");
  EXPECT_EQ(config.working_dir, "/tmp");
  EXPECT_EQ(config.labels.at("l"), "v");
  EXPECT_EQ(config.history[0].comment, "by hand");
  EXPECT_EQ(config.created, 1714979289);
}

TEST_F(ImageTest, ImportTakesTheTimeFromSourceDateEpoch) {
  MakeRootfs();
  Run("SOURCE_DATE_EPOCH=1700000000 $R image import rootfs base:1");
  const Image image = store_.Get("base:1");
  EXPECT_EQ(image.config.created, 1700000000);
  struct stat st;
  ASSERT_EQ(::stat((store_.layers().Path(image.layers[0]) / "etc/passwd").c_str(), &st), 0);
  EXPECT_EQ(st.st_mtim.tv_sec, 1700000000);
  EXPECT_EQ(Shell("SOURCE_DATE_EPOCH=now $R image import rootfs").code, 2);
}

TEST_F(ImageTest, AFailedImportLeavesNothing) {
  MakeRootfs();
  Run("tar -C rootfs -cf a.tar . && head -c 1500 a.tar > cut.tar && gzip -c a.tar | head -c 300 > "
      "cut.gz && echo no archive > text");
  for (const char* name : {"cut.tar", "cut.gz", "text", "missing"}) {
    const Output output = Shell(std::string("$R image import ") + name + " x:1");
    EXPECT_EQ(output.code, 3) << name;
    EXPECT_THAT(output.text, HasSubstr(std::string("runner: import ") + name)) << name;
    EXPECT_EQ(std::count(output.text.begin(), output.text.end(), '\n'), 1) << output.text;
  }
  EXPECT_EQ(CountBlobs(), 0u);
  EXPECT_TRUE(store_.layers().List().empty());
  ExpectClean();
}

}  // namespace
}  // namespace runtime::image
