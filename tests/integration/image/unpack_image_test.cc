#include "runtime/image/unpack_image.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/integration/image/image_test.h"

namespace runtime::image {
namespace {

using ::testing::HasSubstr;

class UnpackImageTest : public ImageTest {
 protected:
  void Forget(const Image& image) const {
    for (const layer::LayerId& id : image.layers) {
      store_.layers().Remove(id);
    }
  }
};

TEST_F(UnpackImageTest, BringsBackLayersFromTheirBlobs) {
  const Image image = ImportBase();
  Forget(image);
  EnsureUnpacked(store_, image);
  EXPECT_EQ(Run("cat " + (store_.layers().Path(image.layers[0]) / "usr/bin/tool").string()),
            "tool");
  ExpectClean();
}

TEST_F(UnpackImageTest, ManyAtOnceUnpackALayerOnce) {
  const Image image = ImportBase();
  Forget(image);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { EnsureUnpacked(store_, image); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(store_.layers().List().size(), 1u);
  ExpectClean();
}

TEST_F(UnpackImageTest, ADamagedLayerIsNamedAndNotUnpacked) {
  const Image image = ImportBase();
  Forget(image);
  const auto blob = state_.blobs() / image.blobs[0].digest.hex();
  const std::string content = base::ReadFile(blob);
  for (const std::string& damaged :
       {content.substr(0, content.size() / 2), content + "x", std::string(), std::string("{}")}) {
    std::ofstream(blob, std::ios::binary | std::ios::trunc) << damaged;
    try {
      EnsureUnpacked(store_, image);
      ADD_FAILURE() << "unpacked";
    } catch (const base::Error& e) {
      EXPECT_EQ(e.kind(), base::ErrorKind::kInvalid) << e.what();
      EXPECT_THAT(e.what(), HasSubstr(image.blobs[0].digest.ToString()));
    }
    EXPECT_FALSE(store_.layers().Has(image.layers[0]));
    ExpectClean();
  }
}

TEST_F(UnpackImageTest, AGoodBlobInAnotherOnesPlaceIsRefused) {
  const Image image = ImportBase();
  Run("echo more > rootfs/more && $R image import rootfs other:1");
  const Image other = store_.Get("other:1");
  Forget(image);
  std::filesystem::copy_file(state_.blobs() / other.blobs[0].digest.hex(),
                             state_.blobs() / image.blobs[0].digest.hex(),
                             std::filesystem::copy_options::overwrite_existing);
  try {
    EnsureUnpacked(store_, image);
    ADD_FAILURE() << "unpacked";
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(other.blobs[0].digest.ToString()));
  }
}

}  // namespace
}  // namespace runtime::image
