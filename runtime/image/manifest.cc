#include "runtime/image/manifest.h"

#include <nlohmann/json.hpp>
#include <sys/utsname.h>

#include <algorithm>
#include <array>

#include "runtime/base/error.h"
#include "runtime/image/strict_json.h"

namespace runtime::image {
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr char kDockerManifestType[] = "application/vnd.docker.distribution.manifest.v2+json";
constexpr char kDockerIndexType[] = "application/vnd.docker.distribution.manifest.list.v2+json";

bool IsConfigType(std::string_view type) {
  return type == kConfigType || type == "application/vnd.docker.container.image.v1+json";
}

// Docker's names, each with OCI's for the same format.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kLayerTypes = {{
    {"application/vnd.docker.image.rootfs.diff.tar.gzip", kLayerGzipType},
    {"application/vnd.docker.image.rootfs.diff.tar", "application/vnd.oci.image.layer.v1.tar"},
    {"application/vnd.docker.image.rootfs.diff.tar.zstd",
     "application/vnd.oci.image.layer.v1.tar+zstd"},
}};

bool IsLayerType(std::string_view type) {
  return std::any_of(kLayerTypes.begin(), kLayerTypes.end(),
                     [&](const auto& pair) { return type == pair.first || type == pair.second; });
}

DocumentKind Kind(const json& document, std::string_view what) {
  if (Member(document, "fsLayers", what) != nullptr) {
    throw Error(ErrorKind::kUnsupported,
                std::string(what) + ": a docker schema 1 manifest, which is no longer read");
  }
  const json* version = Member(document, "schemaVersion", what);
  if (version == nullptr || *version != 2) {
    RefuseDocument(what, "\"schemaVersion\" must be 2");
  }
  const bool manifest =
      Member(document, "config", what) != nullptr || Member(document, "layers", what) != nullptr;
  const bool index = Member(document, "manifests", what) != nullptr;
  if (manifest && index) {
    RefuseDocument(what, "manifest and index at once");
  }
  if (!manifest && !index) {
    RefuseDocument(what, "neither an image manifest nor an index");
  }
  return index ? DocumentKind::kIndex : DocumentKind::kManifest;
}

json ParseDocument(std::string_view text, std::string_view what) {
  JsonLimits limits;
  limits.max_bytes = kMaxDocumentBytes;
  return ParseStrictJson(text, what, limits);
}

// Parses, and checks that the document is of the kind that everybody says it is.
json ParseAs(DocumentKind kind, std::string_view text, std::string_view what,
             std::string_view media_type) {
  json document = ParseDocument(text, what);
  const std::string own_type = StringMember(document, "mediaType", what);
  for (const std::string_view type : {media_type, std::string_view(own_type)}) {
    const bool right = kind == DocumentKind::kIndex ? IsIndexType(type) : IsManifestType(type);
    if (!type.empty() && !right) {
      RefuseDocument(what, "media type \"" + std::string(type) + "\" isn't that of an image " +
                               (kind == DocumentKind::kIndex ? "index" : "manifest"));
    }
  }
  if (!own_type.empty() && !media_type.empty() && own_type != media_type) {
    RefuseDocument(what, "called " + std::string(media_type) + ", but says it is " + own_type);
  }
  if (Kind(document, what) != kind) {
    RefuseDocument(what, kind == DocumentKind::kIndex ? "a manifest where an index was expected"
                                                      : "an index where a manifest was expected");
  }
  return document;
}

const json& ListMember(const json& document, std::string_view key, std::string_view what) {
  const json* list = Member(document, key, what);
  if (list == nullptr || !list->is_array()) {
    RefuseDocument(what, "\"" + std::string(key) + "\" must be a list");
  }
  return *list;
}

}  // namespace

bool IsManifestType(std::string_view type) {
  return type == kManifestType || type == kDockerManifestType;
}

bool IsIndexType(std::string_view type) { return type == kIndexType || type == kDockerIndexType; }

std::string OciLayerType(std::string_view media_type) {
  for (const auto& [docker, oci] : kLayerTypes) {
    if (media_type == docker) {
      return std::string(oci);
    }
  }
  return std::string(media_type);
}

DocumentKind KindOfDocument(std::string_view text, std::string_view what) {
  return Kind(ParseDocument(text, what), what);
}

Descriptor ParseDescriptor(const json& object, std::string_view what) {
  const std::string digest_text = StringMember(object, "digest", what);
  const std::optional<base::Digest> digest = base::Digest::Parse(digest_text);
  if (!digest) {
    RefuseDocument(what, "\"" + digest_text + "\" isn't a digest of the form sha256:HEX");
  }
  return Descriptor{StringMember(object, "mediaType", what), *digest,
                    SizeMember(object, "size", what)};
}

json DescriptorToJson(const Descriptor& descriptor) {
  return json{{"mediaType", descriptor.media_type},
              {"digest", descriptor.digest.ToString()},
              {"size", descriptor.size}};
}

Manifest ParseManifest(std::string_view text, std::string_view what, std::string_view media_type) {
  const json document = ParseAs(DocumentKind::kManifest, text, what, media_type);
  const json* config = Member(document, "config", what);
  if (config == nullptr) {
    RefuseDocument(what, "\"config\" is missing");
  }
  std::string type = StringMember(document, "mediaType", what);
  Manifest manifest{
      type.empty() ? kManifestType : std::move(type), ParseDescriptor(*config, what), {}};
  if (!IsConfigType(manifest.config.media_type)) {
    RefuseDocument(what, "not a container image: its config is of type \"" +
                             manifest.config.media_type + "\"");
  }
  if (manifest.config.size > kMaxDocumentBytes) {
    RefuseDocument(what,
                   "the config is longer than " + std::to_string(kMaxDocumentBytes) + " bytes");
  }
  const json& layers = ListMember(document, "layers", what);
  if (layers.size() > kMaxLayers) {
    RefuseDocument(what, std::to_string(layers.size()) + " layers; at most " +
                             std::to_string(kMaxLayers) + " are allowed");
  }
  for (const json& layer : layers) {
    manifest.layers.push_back(ParseDescriptor(layer, what));
    const std::string& layer_type = manifest.layers.back().media_type;
    if (!IsLayerType(layer_type)) {
      RefuseDocument(what, "a layer is of type \"" + layer_type + "\", which can't be unpacked");
    }
  }
  return manifest;
}

std::vector<IndexEntry> ParseIndex(std::string_view text, std::string_view what,
                                   std::string_view media_type) {
  const json document = ParseAs(DocumentKind::kIndex, text, what, media_type);
  std::vector<IndexEntry> entries;
  for (const json& item : ListMember(document, "manifests", what)) {
    IndexEntry entry{ParseDescriptor(item, what), {}, {}, {}};
    if (const json* platform = Member(item, "platform", what)) {
      entry.os = StringMember(*platform, "os", what);
      entry.architecture = StringMember(*platform, "architecture", what);
    }
    if (const json* annotations = Member(item, "annotations", what)) {
      if (!annotations->is_object()) {
        RefuseDocument(what, "\"annotations\" must be an object");
      }
      for (const auto& [key, value] : annotations->items()) {
        if (value.is_string()) {
          entry.annotations.emplace(key, value.get<std::string>());
        }
      }
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string HostArchitecture() {
  struct utsname host;
  const std::string_view machine = ::uname(&host) == 0 ? host.machine : "";
  if (machine == "x86_64") {
    return "amd64";
  }
  return machine == "aarch64" ? "arm64" : std::string(machine);
}

const IndexEntry& PickPlatform(const std::vector<IndexEntry>& entries, std::string_view what) {
  const std::string architecture = HostArchitecture();
  std::string offered;
  for (const IndexEntry& entry : entries) {
    if (entry.os == "linux" && entry.architecture == architecture) {
      return entry;
    }
    if (offered.size() < 200) {
      offered += (offered.empty() ? "" : ", ") + entry.os + "/" + entry.architecture;
    }
  }
  if (entries.size() == 1 && entries[0].os.empty() && entries[0].architecture.empty()) {
    return entries[0];
  }
  throw Error(ErrorKind::kNotFound, std::string(what) + ": no image for linux/" + architecture +
                                        (offered.empty() ? "" : "; there is: " + offered));
}

std::string FormatManifest(const Descriptor& config, const std::vector<Descriptor>& layers) {
  json list = json::array();
  for (const Descriptor& layer : layers) {
    list.push_back(DescriptorToJson(layer));
  }
  return json{{"schemaVersion", 2},
              {"mediaType", kManifestType},
              {"config", DescriptorToJson(config)},
              {"layers", std::move(list)}}
      .dump();
}

}  // namespace runtime::image
