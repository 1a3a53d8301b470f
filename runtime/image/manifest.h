// Manifests, indexes and descriptors as JSON: OCI image specification 1.1 (manifest.md,
// image-index.md, descriptor.md) and docker's schema 2, which differs by its media types only.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/image/image.h"

namespace runtime::image {

// Layers of one image; above what registries carry, below what overlayfs stacks.
inline constexpr size_t kMaxLayers = 256;
// Bound of a manifest, an index and a config.
inline constexpr size_t kMaxDocumentBytes = 4u << 20;

struct Manifest {
  std::string media_type;  // what the document says of itself, else kManifestType
  Descriptor config;
  std::vector<Descriptor> layers;
};

struct IndexEntry {
  Descriptor descriptor;
  std::string os;            // empty: not said
  std::string architecture;  // as Go names it: "amd64"
  std::map<std::string, std::string> annotations;
};

bool IsManifestType(std::string_view media_type);
bool IsIndexType(std::string_view media_type);

// The OCI name of a layer's media type: docker's names mean the same formats.
std::string OciLayerType(std::string_view media_type);

// What a document is, by its members. Error (kInvalid) when it is manifest and index at once
// (CVE-2021-41190) or neither; Error (kUnsupported) for docker's schema 1.
enum class DocumentKind { kManifest, kIndex };
DocumentKind KindOfDocument(std::string_view text, std::string_view what);

// Both throw Error (kInvalid, "WHAT: reason") unless every member they use has the form that the
// specification demands. `media_type` is what the referrer (descriptor, Content-Type) called it;
// empty when nobody did. A document that calls itself something else is refused.
Manifest ParseManifest(std::string_view text, std::string_view what,
                       std::string_view media_type = {});
std::vector<IndexEntry> ParseIndex(std::string_view text, std::string_view what,
                                   std::string_view media_type = {});

// The manifest for linux on this machine's architecture; an entry without a platform counts when it
// is the only one. Error (kNotFound) that lists what there is.
const IndexEntry& PickPlatform(const std::vector<IndexEntry>& entries, std::string_view what);

// This machine's architecture in Go's words ("amd64", "arm64").
std::string HostArchitecture();

// An OCI manifest. Equal input gives equal bytes.
std::string FormatManifest(const Descriptor& config, const std::vector<Descriptor>& layers);

Descriptor ParseDescriptor(const nlohmann::json& object, std::string_view what);
nlohmann::json DescriptorToJson(const Descriptor& descriptor);

}  // namespace runtime::image
