#include "runtime/image/build.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "tests/integration/image/image_test.h"

namespace runtime::image {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BuildTest : public ImageTest {
 protected:
  void SetUp() override {
    base_ = ImportBase();
    Run("mkdir -p out/opt/app out/usr/bin && echo app > out/opt/app/run && chmod 755 "
        "out/opt/app/run && echo new > out/usr/bin/new && chown -R 1000:1000 out");
    view_ = base::OpenFile(File("out"), O_RDONLY | O_DIRECTORY);
  }

  BuildOptions Copies(std::vector<std::pair<std::string, std::string>> pairs) const {
    BuildOptions options;
    options.created = 1'714'979'289;
    for (auto& [source, target] : pairs) {
      ImageCopy copy;
      copy.view = view_.get();
      copy.source = std::move(source);
      copy.target = std::move(target);
      options.copies.push_back(std::move(copy));
    }
    return options;
  }

  // The layer's own archive, listed by tar(1).
  std::string List(const Image& image) const {
    return Run("tar -tzvf state/blobs/sha256/" + image.blobs.back().digest.hex() +
               " --numeric-owner 2> /dev/null | awk '{print $1, $2, $6}'");
  }

  std::optional<Image> base_;
  base::UniqueFd view_;
};

TEST_F(BuildTest, TheLayerHasTheCopiesAndTheBasesDirectoriesAsTheyWere) {
  const Image image = BuildImage(store_, base_, Copies({{"/", "/"}, {"opt/app/run", "/root/"}}));
  EXPECT_EQ(image.blobs.size(), 2u);
  EXPECT_EQ(List(image),
            "drwxr-xr-x 0/0 opt/\ndrwxr-xr-x 0/0 opt/app/\n-rwxr-xr-x 0/0 opt/app/run\n"
            "drwx------ 0/0 root/\n-rwxr-xr-x 0/0 root/run\ndrwxr-xr-x 0/0 usr/\n"
            "drwxr-xr-x 0/0 usr/bin/\n-rw-r--r-- 0/0 usr/bin/new");
}

TEST_F(BuildTest, TheBasesLinksAreFollowedInsideTheImage) {
  const Image image = BuildImage(store_, base_, Copies({{"opt/app/run", "/bin/app"}}));
  EXPECT_THAT(List(image), HasSubstr("usr/bin/app"));
  EXPECT_THAT(List(image), ::testing::Not(HasSubstr(" bin/")));
}

TEST_F(BuildTest, ADirectoryInPlaceOfALinkIsRefused) {
  Run("mkdir out/lib && echo x > out/lib/x");
  try {
    BuildImage(store_, base_, Copies({{"/", "/"}}));
    ADD_FAILURE() << "built";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kInvalid) << e.what();
    EXPECT_THAT(e.what(), HasSubstr("lib"));
  }
  ExpectClean();
}

TEST_F(BuildTest, TheSameInputYieldsTheSameDigest) {
  const Image first = BuildImage(store_, base_, Copies({{"/", "/srv"}}));
  Run("touch out out/opt out/usr/bin/new && RUNNER_ROOT=$PWD/other $R image import rootfs.tar "
      "-c 'ENV A=1' -c 'CMD [\"/bin/tool\"]' base:1");
  const base::StateDir other_state(File("other"));
  const ImageStore other(other_state);
  const Image second = BuildImage(other, other.Get("base:1"), Copies({{"/", "/srv"}}));
  EXPECT_EQ(first.manifest.digest, second.manifest.digest);
}

TEST_F(BuildTest, TheUnpackedLayerIsWhatItsBlobUnpacksTo) {
  const Image image = BuildImage(store_, base_, Copies({{"/", "/"}}));
  const std::string layer = store_.layers().Path(image.layers[1]).string();
  Run("mkdir again && tar -xpf state/blobs/sha256/" + image.blobs[1].digest.hex() + " -C again");
  const std::string list = "find . -mindepth 1 -printf '%P %m %U:%G %l %T@ %s %y\\n' | sort";
  EXPECT_EQ(Run("cd again && " + list), Run("cd " + layer + " && " + list));
  // Nothing beside it that overlayfs left.
  EXPECT_EQ(Run("ls -A " + layer + "/.."), "fs\nlayer.json");
}

TEST_F(BuildTest, AnotherToolReadsTheImage) {
  BuildOptions options = Copies({{"/", "/"}});
  options.changes.entrypoint = std::vector<std::string>{"/opt/app/run"};
  options.changes.env = {"B=2"};
  options.changes.labels = {{"l", "v"}};
  const Image image = BuildImage(store_, base_, options);
  store_.Tag(image.manifest.digest, *Reference::Parse("built:1"));
  EXPECT_THAT(image.config.env, ElementsAre("A=1", "B=2"));
  EXPECT_TRUE(image.config.cmd.empty());
  EXPECT_EQ(image.config.history.size(), 2u);
  Run("skopeo --insecure-policy copy -q oci:state:built:1 docker-archive:a.tar:built:2");
  EXPECT_EQ(Run("RUNNER_ROOT=$PWD/other $R image load -i a.tar"),
            "Loaded image: docker.io/library/built:2");
}

TEST_F(BuildTest, ABaseIsNotNeeded) {
  const Image image = BuildImage(store_, std::nullopt, Copies({{"opt/", "/opt"}}));
  EXPECT_EQ(image.blobs.size(), 1u);
  EXPECT_THAT(List(image), HasSubstr("-rwxr-xr-x 0/0 opt/app/run"));
  EXPECT_THROW(BuildImage(store_, std::nullopt, {}), base::Error);
}

TEST_F(BuildTest, WithoutCopiesThereIsNoLayer) {
  BuildOptions options;
  options.changes.user = "33";
  const Image image = BuildImage(store_, base_, options);
  EXPECT_EQ(image.layers, base_->layers);
  EXPECT_EQ(image.config.user, "33");
  EXPECT_TRUE(image.config.history.back().empty_layer);
}

TEST_F(BuildTest, ALinkInTheSourceDoesNotLeaveIt) {
  Run("ln -s /etc/hostname out/leak && ln -s ../../../../etc out/up");
  try {
    BuildImage(store_, base_, Copies({{"up/hostname", "/x"}}));
    ADD_FAILURE() << "built";
  } catch (const base::Error& e) {
    EXPECT_EQ(e.kind(), base::ErrorKind::kNotFound) << e.what();
  }
  EXPECT_THROW(BuildImage(store_, base_, Copies({{"leak", "/x"}})), base::Error);
}

TEST_F(BuildTest, CommitsAContainersUpperDirectory) {
  Run("mkdir -p upper/etc && echo changed > upper/etc/passwd && mknod upper/tmp c 0 0");
  const Image image = CommitLayer(store_, *base_, base_->config, File("upper"),
                                  {.created = 1'714'979'289, .created_by = "by hand"});
  EXPECT_EQ(image.config.history.back().created_by, "by hand");
  EXPECT_THAT(Run("tar -tzf state/blobs/sha256/" + image.blobs[1].digest.hex()),
              HasSubstr(".wh.tmp"));
  EXPECT_TRUE(std::filesystem::exists(File("upper/etc/passwd")));
}

}  // namespace
}  // namespace runtime::image
