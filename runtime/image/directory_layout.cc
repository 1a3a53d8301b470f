#include <fcntl.h>
#include <sys/stat.h>

#include <vector>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/layout_source.h"
#include "runtime/image/manifest.h"

namespace runtime::image {
namespace {

using base::Error;
using base::ErrorKind;

constexpr size_t kChunk = 256u << 10;

class DirectoryLayout : public LayoutSource {
 public:
  DirectoryLayout(const ImageStore& store, const std::filesystem::path& directory)
      : store_(store), root_(base::OpenFile(directory, O_PATH | O_DIRECTORY)) {}

  std::optional<std::string> ReadDocument(const std::string& name) override {
    const base::UniqueFd fd = Open(name);
    return fd ? std::optional(base::ReadAll(fd.get(), name, kMaxDocumentBytes)) : std::nullopt;
  }

  Descriptor TakeBlob(const std::string& name, const std::optional<Descriptor>& expected) override {
    const base::UniqueFd fd = Open(name);
    if (!fd) {
      throw Error(ErrorKind::kInvalid, "the archive has no file " + name);
    }
    const auto writer = store_.NewBlob();
    std::vector<char> buffer(kChunk);
    std::string first_bytes;
    uint64_t size = 0;
    while (true) {
      const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
      if (n < 0 && errno != EINTR) {
        throw Error::FromErrno("read " + name);
      }
      if (n == 0) {
        break;
      }
      const std::string_view data(buffer.data(), n < 0 ? 0 : static_cast<size_t>(n));
      if (first_bytes.empty()) {
        first_bytes = data.substr(0, 4);
      }
      size += data.size();
      if (expected && size > expected->size) {
        break;  // Longer than announced; no need to read to the end.
      }
      writer->Write(data);
    }
    if (expected && size != expected->size) {
      throw Error(ErrorKind::kInvalid, name + " doesn't have the announced " +
                                           std::to_string(expected->size) + " bytes");
    }
    return expected ? writer->Commit(expected->media_type, expected->digest)
                    : writer->Commit(LayerTypeOf(first_bytes));
  }

 private:
  // Owns nothing when there is no such file.
  base::UniqueFd Open(const std::string& name) const {
    try {
      // O_NONBLOCK: a fifo in the directory must not stop us.
      base::UniqueFd fd =
          base::OpenBeneath(root_.get(), name, O_RDONLY | O_NONBLOCK, base::Links::kNoLinks);
      struct stat st;
      if (::fstat(fd.get(), &st) != 0 || !S_ISREG(st.st_mode)) {
        throw Error(ErrorKind::kInvalid, name + " isn't a file");
      }
      return fd;
    } catch (const Error& e) {
      if (e.kind() == ErrorKind::kNotFound) {
        return {};
      }
      throw;
    }
  }

  const ImageStore& store_;
  base::UniqueFd root_;
};

}  // namespace

std::string LayerTypeOf(std::string_view first_bytes) {
  if (first_bytes.starts_with("\x1f\x8b")) {
    return kLayerGzipType;
  }
  if (first_bytes.starts_with("\x28\xb5\x2f\xfd")) {
    return "application/vnd.oci.image.layer.v1.tar+zstd";
  }
  return "application/vnd.oci.image.layer.v1.tar";
}

std::unique_ptr<LayoutSource> OpenDirectoryLayout(const ImageStore& store,
                                                  const std::filesystem::path& directory) {
  return std::make_unique<DirectoryLayout>(store, directory);
}

}  // namespace runtime::image
