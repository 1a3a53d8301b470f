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

// How a container of the image says whether it is well (docker's extension of the config). Times in
// nanoseconds; 0: docker's own.
struct HealthCheck {
  // {"CMD", argument...}, {"CMD-SHELL", text}, or {"NONE"}: not the base's. Empty: as the base has.
  std::vector<std::string> test = {};
  int64_t interval = 0;
  int64_t timeout = 0;
  int64_t start_period = 0;
  int64_t retries = 0;
  bool operator==(const HealthCheck&) const = default;
};

struct ImageConfig {
  std::string architecture = "amd64";
  std::string os = "linux";
  int64_t created = 0;  // seconds since 1970
  std::string author;
  std::string user;
  std::vector<std::string> env;  // "NAME=value"
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
  std::string stop_signal;
  std::map<std::string, std::string> labels;
  std::vector<std::string> exposed_ports;  // "8080/tcp"
  std::vector<std::string> volumes;        // paths
  std::vector<std::string> on_build;       // instructions for who builds on it (docker's extension)
  std::optional<HealthCheck> health_check;
  std::vector<base::Digest> diff_ids;
  struct History {
    int64_t created = 0;
    std::string created_by;
    std::string comment;
    bool empty_layer = false;
    std::string author = {};
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
