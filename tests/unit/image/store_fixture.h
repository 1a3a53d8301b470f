// A store in a temporary directory, and images in it whose layers are any bytes.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/image_store.h"

namespace runtime::image {

class StoreTest : public ::testing::Test {
 protected:
  Descriptor Blob(std::string_view content, std::string_view type = kLayerGzipType) const {
    const auto writer = store_.NewBlob();
    writer->Write(content);
    return writer->Commit(type);
  }

  // An image of one layer for each text.
  Image Build(const std::vector<std::string>& layers) const {
    ImageConfig config;
    std::vector<Descriptor> blobs;
    for (const std::string& layer : layers) {
      blobs.push_back(Blob(layer));
      config.diff_ids.push_back(base::Digest::Of("tar of " + layer));
    }
    return store_.WriteImage(config, blobs);
  }

  Image BuildTagged(const std::vector<std::string>& layers, std::string_view name) const {
    Image image = Build(layers);
    store_.Tag(image.manifest.digest, *Reference::Parse(name));
    return image;
  }

  std::filesystem::path BlobPath(const base::Digest& digest) const {
    return state_.blobs() / digest.hex();
  }

  static void Overwrite(const std::filesystem::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
  }

  // Files below a directory of the store.
  static size_t Count(const std::filesystem::path& directory) {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) {
      ++count;
    }
    return count;
  }

  base::TemporaryDirectory root_{std::filesystem::temp_directory_path(), "image-store"};
  base::StateDir state_{root_.path()};
  ImageStore store_{state_};
};

// The message of the Error that `f` throws; empty when it throws none.
template <typename F>
std::string MessageOf(F&& f) {
  try {
    f();
  } catch (const base::Error& e) {
    return e.what();
  }
  return {};
}

}  // namespace runtime::image
