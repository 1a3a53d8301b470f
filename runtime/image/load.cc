#include "runtime/image/load.h"

#include <nlohmann/json.hpp>

#include <functional>

#include "runtime/base/error.h"
#include "runtime/base/stop.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/config.h"
#include "runtime/image/manifest.h"
#include "runtime/image/ref_files.h"
#include "runtime/image/strict_json.h"
#include "runtime/image/unpack_image.h"

namespace runtime::image {
namespace {

using base::Digest;
using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr int kMaxIndexDepth = 4;
constexpr size_t kMaxImages = 1000;

[[noreturn]] void RefuseArchive(const std::string& reason) {
  throw Error(ErrorKind::kInvalid, reason);
}

// A document of an OCI layout, its digest and size checked.
std::string ReadVerified(LayoutSource& source, const Descriptor& descriptor) {
  const std::string name = BlobName(descriptor.digest);
  const std::optional<std::string> text = source.ReadDocument(name);
  if (!text) {
    RefuseArchive("the archive has no blob " + descriptor.digest.ToString());
  }
  if (text->size() != descriptor.size || Digest::Of(*text) != descriptor.digest) {
    RefuseArchive("blob " + descriptor.digest.ToString() +
                  ": the content has another digest or size");
  }
  return *text;
}

Descriptor WriteText(const ImageStore& store, std::string_view text, const std::string& type) {
  const auto writer = store.NewBlob();
  writer->Write(text);
  return writer->Commit(type);
}

// An image whose layers are in the store and found right, but which isn't there yet.
struct Verified {
  Manifest manifest;
  std::string manifest_text;
  std::string config_text;
  std::vector<Reference> names;
};

Image WriteImage(const ImageStore& store, const Verified& verified) {
  WriteText(store, verified.config_text, verified.manifest.config.media_type);
  const Descriptor manifest =
      WriteText(store, verified.manifest_text, verified.manifest.media_type);
  ForgetRemoved(store.state(), manifest.digest);
  return store.Load(manifest);
}

// `text`: of the manifest, found right.
Verified LoadManifestText(const ImageStore& store, LayoutSource& source,
                          const Descriptor& descriptor, const std::string& text,
                          const std::stop_token& stop = {}) {
  const std::string what = "manifest " + descriptor.digest.ToString();
  const Manifest manifest = ParseManifest(text, what, descriptor.media_type);
  const std::string config_text = ReadVerified(source, manifest.config);
  const ImageConfig config =
      ParseConfig(config_text, "config " + manifest.config.digest.ToString());
  if (config.diff_ids.size() != manifest.layers.size()) {
    RefuseArchive(what + ": " + std::to_string(manifest.layers.size()) + " layers, but " +
                  std::to_string(config.diff_ids.size()) + " diffIDs");
  }
  for (const Descriptor& layer : manifest.layers) {
    base::ThrowIfStopped(stop);
    source.TakeBlob(BlobName(layer.digest), layer);
  }
  EnsureUnpacked(store, manifest.layers, config.diff_ids, stop);
  return {manifest, text, config_text, {}};
}

Verified LoadManifest(const ImageStore& store, LayoutSource& source, const Descriptor& descriptor) {
  return LoadManifestText(store, source, descriptor, ReadVerified(source, descriptor));
}

// From a manifest, or from an index the manifest for this machine.
Verified LoadDescriptor(const ImageStore& store, LayoutSource& source, const Descriptor& descriptor,
                        int depth) {
  if (!IsIndexType(descriptor.media_type)) {
    return LoadManifest(store, source, descriptor);
  }
  const std::string what = "index " + descriptor.digest.ToString();
  if (depth == kMaxIndexDepth) {
    RefuseArchive(what + ": indexes nested more than " + std::to_string(kMaxIndexDepth) + " deep");
  }
  const std::vector<IndexEntry> entries =
      ParseIndex(ReadVerified(source, descriptor), what, descriptor.media_type);
  return LoadDescriptor(store, source, PickPlatform(entries, what).descriptor, depth + 1);
}

std::vector<Reference> NamesOf(const IndexEntry& entry) {
  // The second is often a bare tag; it's a name only where there is no other.
  for (const char* key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"}) {
    if (const auto found = entry.annotations.find(key); found != entry.annotations.end()) {
      if (const auto name = Reference::Parse(found->second)) {
        return {*name};
      }
    }
  }
  return {};
}

std::vector<Verified> LoadOciLayout(const ImageStore& store, LayoutSource& source,
                                    const std::string& index_text) {
  const std::optional<std::string> layout = source.ReadDocument("oci-layout");
  if (!layout ||
      !StringMember(ParseStrictJson(*layout, "oci-layout"), "imageLayoutVersion", "oci-layout")
           .starts_with("1.")) {
    RefuseArchive("oci-layout: \"imageLayoutVersion\" must be 1.x");
  }
  const std::vector<IndexEntry> entries = ParseIndex(index_text, "index.json");
  std::vector<Verified> loaded;
  for (const IndexEntry& entry : entries) {
    const bool other_machine =
        (!entry.os.empty() && entry.os != "linux") ||
        (!entry.architecture.empty() && entry.architecture != HostArchitecture());
    if (other_machine) {
      continue;
    }
    if (loaded.size() == kMaxImages) {
      RefuseArchive("index.json: more than " + std::to_string(kMaxImages) + " images");
    }
    loaded.push_back(LoadDescriptor(store, source, entry.descriptor, 0));
    loaded.back().names = NamesOf(entry);
  }
  if (loaded.empty()) {
    PickPlatform(entries, "index.json");  // Says which platforms there are.
  }
  return loaded;
}

Verified LoadDockerImage(const ImageStore& store, LayoutSource& source, const json& item) {
  static constexpr char kWhat[] = "manifest.json";
  const std::string config_name = StringMember(item, "Config", kWhat);
  const std::optional<std::string> config_text = source.ReadDocument(config_name);
  if (!config_text) {
    RefuseArchive("manifest.json: the archive has no config \"" + base::ForMessage(config_name) +
                  "\"");
  }
  const ImageConfig config = ParseConfig(*config_text, base::ForMessage(config_name));
  const std::vector<std::string> layers = StringsMember(item, "Layers", kWhat);
  if (layers.size() != config.diff_ids.size()) {
    RefuseArchive("manifest.json: " + std::to_string(layers.size()) + " layers, but " +
                  std::to_string(config.diff_ids.size()) + " diffIDs");
  }
  Manifest manifest{
      kManifestType, {kConfigType, Digest::Of(*config_text), config_text->size()}, {}};
  for (const std::string& layer : layers) {
    manifest.layers.push_back(source.TakeLayer(layer));
  }
  EnsureUnpacked(store, manifest.layers, config.diff_ids);
  Verified loaded{manifest, FormatManifest(manifest.config, manifest.layers), *config_text, {}};
  for (const std::string& tag : StringsMember(item, "RepoTags", kWhat)) {
    const std::optional<Reference> name = Reference::Parse(tag);
    if (!name) {
      RefuseArchive("manifest.json: \"" + base::ForMessage(tag) + "\" isn't the name of an image");
    }
    loaded.names.push_back(*name);
  }
  return loaded;
}

std::vector<Verified> LoadDockerArchive(const ImageStore& store, LayoutSource& source,
                                        const std::string& text) {
  const json list = ParseStrictJson(text, "manifest.json");
  if (!list.is_array() || list.size() > kMaxImages) {
    RefuseArchive("manifest.json: must be a list of at most " + std::to_string(kMaxImages) +
                  " images");
  }
  std::vector<Verified> loaded;
  for (const json& item : list) {
    loaded.push_back(LoadDockerImage(store, source, item));
  }
  return loaded;
}

std::vector<Verified> LoadAll(const ImageStore& store, LayoutSource& source) {
  if (const std::optional<std::string> index = source.ReadDocument("index.json")) {
    return LoadOciLayout(store, source, *index);
  }
  if (const std::optional<std::string> list = source.ReadDocument("manifest.json")) {
    return LoadDockerArchive(store, source, *list);
  }
  RefuseArchive("neither an OCI image layout (index.json) nor a docker archive (manifest.json)");
}

// Runs `load` while nothing is swept. On an Error what it has written is removed again.
template <typename F>
auto HoldingStore(const ImageStore& store, F&& load) -> decltype(load()) {
  base::UniqueFd hold = store.Hold();
  try {
    return load();
  } catch (...) {
    hold.Reset();
    store.Sweep();
    throw;
  }
}

std::vector<LoadedImage> LoadAndTag(const ImageStore& store,
                                    const std::function<std::unique_ptr<LayoutSource>()>& open) {
  return HoldingStore(store, [&] {
    const std::unique_ptr<LayoutSource> source = open();
    const std::vector<Verified> all = LoadAll(store, *source);
    std::vector<LoadedImage> loaded;
    for (const Verified& verified : all) {
      loaded.push_back({WriteImage(store, verified), verified.names});
    }
    for (const LoadedImage& item : loaded) {
      for (const Reference& name : item.names) {
        store.Tag(item.image.manifest.digest, name);
      }
    }
    return loaded;
  });
}

}  // namespace

std::vector<LoadedImage> LoadTar(const ImageStore& store, int fd, const ArchiveLimits& limits) {
  return LoadAndTag(store, [&] { return ReadTarLayout(store, fd, limits); });
}

std::vector<LoadedImage> LoadDirectory(const ImageStore& store,
                                       const std::filesystem::path& directory) {
  return LoadAndTag(store, [&] { return OpenDirectoryLayout(store, directory); });
}

Image LoadByDigest(const ImageStore& store, LayoutSource& source, const Digest& manifest,
                   const std::stop_token& stop) {
  return HoldingStore(store, [&] {
    const std::optional<std::string> text = source.ReadDocument(BlobName(manifest));
    if (!text) {
      throw Error(ErrorKind::kNotFound, "there is no image " + manifest.ToString());
    }
    if (Digest::Of(*text) != manifest) {
      RefuseArchive("image " + manifest.ToString() + ": its manifest has another digest");
    }
    return WriteImage(store,
                      LoadManifestText(store, source, {"", manifest, text->size()}, *text, stop));
  });
}

}  // namespace runtime::image
