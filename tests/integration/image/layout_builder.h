// Writes OCI layouts, honest ones and others.
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/base/files.h"
#include "runtime/image/image.h"
#include "runtime/image/manifest.h"

namespace runtime::image {

class LayoutBuilder {
 public:
  using json = nlohmann::json;

  explicit LayoutBuilder(std::filesystem::path root) : root_(std::move(root)) {
    base::MakeDirectories(root_ / "blobs" / "sha256");
    Put("oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  }

  void Put(const std::string& name, const std::string& content) const {
    std::ofstream(root_ / name, std::ios::binary | std::ios::trunc) << content;
  }

  // Stores the content under its digest; answers its descriptor.
  json Blob(const std::string& content, const std::string& type) const {
    const base::Digest digest = base::Digest::Of(content);
    Put("blobs/sha256/" + digest.hex(), content);
    return {{"mediaType", type}, {"digest", digest.ToString()}, {"size", content.size()}};
  }

  static json Config(const std::vector<std::string>& diff_ids) {
    return {{"architecture", HostArchitecture()},
            {"os", "linux"},
            {"rootfs", {{"type", "layers"}, {"diff_ids", diff_ids}}}};
  }

  json Manifest(const json& config, const std::vector<json>& layers) const {
    return {{"schemaVersion", 2},
            {"mediaType", kManifestType},
            {"config", Blob(config.dump(), kConfigType)},
            {"layers", layers}};
  }

  // A plain tar as a layer, with the right diffID.
  json Image(const std::string& tar) const {
    return Manifest(Config({base::Digest::Of(tar).ToString()}),
                    {Blob(tar, "application/vnd.oci.image.layer.v1.tar")});
  }

  static json IndexOf(const std::vector<json>& descriptors) {
    return {{"schemaVersion", 2}, {"mediaType", kIndexType}, {"manifests", descriptors}};
  }

  // The layout's index: one image of that name.
  void Finish(const json& manifest, const std::string& name) const {
    json descriptor = Blob(manifest.dump(), kManifestType);
    descriptor["annotations"] = {{"org.opencontainers.image.ref.name", name}};
    Put("index.json", IndexOf({descriptor}).dump());
  }

  const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
};

}  // namespace runtime::image
