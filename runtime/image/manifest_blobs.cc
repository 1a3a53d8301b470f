#include "runtime/image/manifest_blobs.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/manifest.h"

namespace runtime::image {
namespace fs = std::filesystem;

std::optional<Descriptor> DescribeManifestBlob(const base::StateDir& state,
                                               const base::Digest& digest) {
  const fs::path path = state.blobs() / digest.hex();
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat st;
  char first = 0;
  if (!fd || ::fstat(fd.get(), &st) != 0 || st.st_size > static_cast<off_t>(kMaxDocumentBytes) ||
      ::pread(fd.get(), &first, 1, 0) != 1 || first != '{') {
    return std::nullopt;
  }
  const std::string text = base::ReadAll(fd.get(), path.string(), kMaxDocumentBytes);
  try {
    const Manifest manifest = ParseManifest(text, path.string());
    return Descriptor{manifest.media_type, digest, text.size()};
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

std::vector<base::Digest> ListManifestBlobs(const base::StateDir& state, std::string_view prefix) {
  std::vector<base::Digest> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(state.blobs())) {
    const std::string hex = entry.path().filename().string();
    if (!hex.starts_with(prefix)) {
      continue;
    }
    const std::optional<base::Digest> digest = base::Digest::Parse("sha256:" + hex);
    if (digest && DescribeManifestBlob(state, *digest)) {
      found.push_back(*digest);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace runtime::image
