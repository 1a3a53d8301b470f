#include "runtime/image/image_store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/config.h"
#include "runtime/image/manifest.h"
#include "runtime/image/manifest_blobs.h"
#include "runtime/image/ref_files.h"

namespace runtime::image {
namespace {

using base::Digest;
using base::Error;
using base::ErrorKind;

bool IsDigits(std::string_view text) {
  return text.size() >= 6 && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::optional<Image> ImageStore::Find(std::string_view name) const {
  if (const std::optional<Digest> digest = Digest::Parse(name)) {
    return FindByDigest(*digest);
  }
  if (const std::optional<Reference> reference = Reference::Parse(name)) {
    if (reference->digest) {
      return FindByDigest(*reference->digest);
    }
    if (const std::optional<Ref> ref = FindRef(state_, *reference)) {
      return Load(ref->manifest);
    }
  }
  std::string_view digits = name;
  if (digits.starts_with("sha256:")) {
    digits.remove_prefix(7);
  }
  if (!IsDigits(digits)) {
    return std::nullopt;
  }
  const std::vector<Digest> matches = ListManifestBlobs(state_, digits);
  if (matches.size() > 1) {
    throw Error(ErrorKind::kInvalid, "\"" + std::string(digits) + "\" is the beginning of " +
                                         std::to_string(matches.size()) +
                                         " images; give more digits");
  }
  return matches.empty() ? std::nullopt : FindByDigest(matches[0]);
}

std::optional<Image> ImageStore::FindByDigest(const Digest& digest) const {
  const std::optional<Descriptor> manifest = DescribeManifestBlob(state_, digest);
  return manifest ? std::optional<Image>(Load(*manifest)) : std::nullopt;
}

Image ImageStore::Get(std::string_view name) const {
  if (std::optional<Image> image = Find(name)) {
    return std::move(*image);
  }
  std::string shown(name.substr(0, 300));
  if (!Reference::Parse(name) && !Digest::Parse(name)) {
    throw Error(ErrorKind::kUsage, "\"" + base::ForMessage(shown) +
                                       "\" isn't the name of an image (form: "
                                       "[HOST[:PORT]/]PATH[:TAG][@sha256:HEX])");
  }
  throw Error(ErrorKind::kNotFound, "no image \"" + shown +
                                        "\" here; see what there is: runner image ls; get it: "
                                        "runner image pull " +
                                        shown);
}

bool ImageStore::HasName(const Reference& name) const { return HasRef(state_, name); }

std::vector<ImageStore::Tagged> ImageStore::List() const {
  std::vector<Tagged> list;
  for (const Ref& ref : ListRefs(state_)) {
    list.push_back({ref.name, ref.manifest.digest});
  }
  return list;
}

std::vector<Digest> ImageStore::ListImages() const { return ListManifestBlobs(state_); }

bool ImageStore::HasBlob(const Digest& digest) const {
  return ::access((state_.blobs() / digest.hex()).c_str(), F_OK) == 0;
}

base::UniqueFd ImageStore::OpenBlob(const Digest& digest) const {
  base::UniqueFd fd(::open((state_.blobs() / digest.hex()).c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    if (errno == ENOENT) {
      throw Error(ErrorKind::kInvalid, "blob " + digest.ToString() + " is missing from " +
                                           state_.root().string() +
                                           "; pull or load the image again");
    }
    throw Error::FromErrno("open blob " + digest.ToString());
  }
  return fd;
}

std::string ImageStore::ReadBlob(const Digest& digest, size_t max_bytes) const {
  const std::string name = "blob " + digest.ToString();
  std::string data = base::ReadAll(OpenBlob(digest).get(), name, max_bytes);
  if (Digest::Of(data) != digest) {
    throw Error(ErrorKind::kInvalid, name + " is damaged: its content has another digest; remove " +
                                         (state_.blobs() / digest.hex()).string() +
                                         " and pull or load the image again");
  }
  return data;
}

Image ImageStore::Load(const Descriptor& descriptor) const {
  const std::string what = "manifest " + descriptor.digest.ToString();
  const std::string text = ReadBlob(descriptor.digest, kMaxDocumentBytes);
  const Manifest manifest = ParseManifest(text, what, descriptor.media_type);
  if (text.size() != descriptor.size) {
    throw Error(ErrorKind::kInvalid, what + " has " + std::to_string(text.size()) +
                                         " bytes where " + std::to_string(descriptor.size) +
                                         " were announced");
  }
  const std::string config_what = "config " + manifest.config.digest.ToString();
  const std::string config_text = ReadBlob(manifest.config.digest, kMaxDocumentBytes);
  if (config_text.size() != manifest.config.size) {
    throw Error(ErrorKind::kInvalid, config_what + " has " + std::to_string(config_text.size()) +
                                         " bytes where " + std::to_string(manifest.config.size) +
                                         " were announced");
  }
  ImageConfig config = ParseConfig(config_text, config_what);
  if (config.diff_ids.size() != manifest.layers.size()) {
    throw Error(ErrorKind::kInvalid, what + ": " + std::to_string(manifest.layers.size()) +
                                         " layers, but the config " + "names " +
                                         std::to_string(config.diff_ids.size()) + " diffIDs");
  }
  std::vector<layer::LayerId> layers = ChainIds(config.diff_ids);
  return Image{{manifest.media_type, descriptor.digest, descriptor.size},
               manifest.config,
               manifest.layers,
               std::move(config),
               std::move(layers)};
}

}  // namespace runtime::image
