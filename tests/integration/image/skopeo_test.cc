// skopeo as an independent judge: it reads what we write, and we read what it writes.
#include <gmock/gmock.h>

#include "tests/integration/image/image_test.h"

namespace runtime::image {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Copy(const std::string& from, const std::string& to) {
  return "skopeo --insecure-policy copy -q " + from + " " + to;
}

TEST_F(ImageTest, TheStateDirectoryIsAnOciLayout) {
  const Image image = ImportBase();
  Run("$R image tag base:1 localhost:5000/a/b:v_1.0-x");
  for (const char* name : {"base:1", "localhost:5000/a/b:v_1.0-x"}) {
    EXPECT_THAT(Run(std::string("skopeo inspect oci:$RUNNER_ROOT:") + name),
                AllOf(HasSubstr(image.manifest.digest.ToString()),
                      HasSubstr(image.blobs[0].digest.ToString())));
  }
}

TEST_F(ImageTest, WhatSaveWritesIsAnOciArchiveAndADockerArchive) {
  const Image image = ImportBase();
  Run("$R image save -o a.tar base:1 && mkdir dir && $R image save -o dir base:1");
  Run(Copy("oci-archive:a.tar:base:1", "oci:from-oci:x"));
  Run(Copy("oci:dir:base:1", "oci:from-dir:x"));
  Run(Copy("docker-archive:a.tar:base:1", "oci:from-docker:x"));
  const std::string blob = "/blobs/sha256/" + image.config_blob.digest.hex();
  Run("cmp from-oci" + blob + " state" + blob);
  Run("cmp from-dir" + blob + " state" + blob);
  EXPECT_THAT(Run("skopeo inspect --config oci:from-docker:x"),
              HasSubstr(image.config.diff_ids[0].ToString()));
}

TEST_F(ImageTest, SaveIsReproducible) {
  ImportBase();
  Run("$R image save base:1 > a.tar && $R image save -o b.tar base:1 && cmp a.tar b.tar");
}

TEST_F(ImageTest, LoadsOciArchivesAndDirectoriesOfSkopeo) {
  const Image image = ImportBase();
  Run(Copy("oci:state:base:1", "oci-archive:a.tar:base:2"));
  Run(Copy("oci:state:base:1", "oci:dir:base:3"));
  EXPECT_EQ(Run("gzip -kc a.tar | $R image load"), "Loaded image: base:2");
  EXPECT_EQ(Run("$R image load -i dir"), "Loaded image: base:3");
  EXPECT_EQ(store_.Get("base:2").manifest.digest, image.manifest.digest);
  EXPECT_EQ(store_.Get("base:3").manifest.digest, image.manifest.digest);
  ExpectClean();
}

TEST_F(ImageTest, LoadsDockerArchivesOfSkopeo) {
  const Image image = ImportBase();
  Run(Copy("oci:state:base:1", "docker-archive:a.tar:example.org/x:2"));
  EXPECT_EQ(Run("RUNNER_ROOT=$PWD/other $R image load -i a.tar"), "Loaded image: example.org/x:2");
  const base::StateDir other_state(File("other"));
  const Image loaded = ImageStore(other_state).Get("example.org/x:2");
  EXPECT_EQ(loaded.config.diff_ids, image.config.diff_ids);
  EXPECT_EQ(loaded.layers, image.layers);
  EXPECT_EQ(loaded.config.cmd, image.config.cmd);
  // Plain layers are compressed on their way in.
  EXPECT_EQ(loaded.blobs[0].media_type, kLayerGzipType);
  EXPECT_THAT(Run("skopeo inspect oci:other:example.org/x:2"), HasSubstr("Digest"));
}

TEST_F(ImageTest, LoadsDockerSchema2Manifests) {
  const Image image = ImportBase();
  Run(Copy("--format v2s2 oci:state:base:1", "dir:d"));
  // dir: is no layout; give it one.
  Run("mkdir -p l/blobs/sha256 && for f in d/*; do cp $f l/blobs/sha256/$(sha256sum < $f | "
      "cut -c1-64); done && echo '{\"imageLayoutVersion\":\"1.0.0\"}' > l/oci-layout && "
      "printf '{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.docker."
      "distribution.manifest.v2+json\",\"digest\":\"sha256:%s\",\"size\":%s,\"annotations\":{"
      "\"org.opencontainers.image.ref.name\":\"v2:1\"}}]}' $(sha256sum < d/manifest.json | "
      "cut -c1-64) $(stat -c %s d/manifest.json) > l/index.json");
  EXPECT_EQ(Run("$R image load -i l"), "Loaded image: v2:1");
  EXPECT_EQ(store_.Get("v2:1").layers, image.layers);
  EXPECT_EQ(store_.Get("v2:1").manifest.media_type,
            "application/vnd.docker.distribution.manifest.v2+json");
}

}  // namespace
}  // namespace runtime::image
