// Image: a stack of layers plus a config, as the OCI image specification 1.1 describes them
// (manifest.md, config.md). Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/digest.h"
#include "runtime/layer/layer_store.h"

namespace runtime::image {

inline constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";
inline constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";
inline constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
inline constexpr char kLayerGzipType[] = "application/vnd.oci.image.layer.v1.tar+gzip";

struct Descriptor {
  std::string media_type;
  base::Digest digest;
  uint64_t size = 0;
};

struct ImageConfig {
  std::string architecture = "amd64";
  std::string os = "linux";
  int64_t created = 0;  // seconds since 1970
  std::string user;
  std::vector<std::string> env;  // "NAME=value"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
  std::string stop_signal;
  std::map<std::string, std::string> labels;
  std::vector<std::string> exposed_ports;  // "8080/tcp"
  std::vector<std::string> volumes;        // paths
  std::vector<base::Digest> diff_ids;
  struct History {
    int64_t created = 0;
    std::string created_by;
    std::string comment;
    bool empty_layer = false;
  };
  std::vector<History> history;
};

struct Image {
  Descriptor manifest;  // its digest names the image
  Descriptor config_blob;
  std::vector<Descriptor> blobs;  // compressed layers, lowest first
  ImageConfig config;
  std::vector<layer::LayerId> layers;  // chain ids (hex), lowest first
};

}  // namespace runtime::image
