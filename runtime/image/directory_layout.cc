#include <fcntl.h>
#include <sys/stat.h>

#include <functional>
#include <vector>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/layer_taker.h"
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

  void TakeBlob(const std::string& name, const Descriptor& expected) override {
    const auto writer = store_.NewBlob();
    uint64_t size = 0;
    Read(name, [&](std::string_view data) {
      size += data.size();
      if (size > expected.size) {
        return false;  // Longer than announced; no need to read to the end.
      }
      writer->Write(data);
      return true;
    });
    if (size != expected.size) {
      throw Error(ErrorKind::kInvalid, "blob " + expected.digest.ToString() +
                                           " doesn't have the announced " +
                                           std::to_string(expected.size) + " bytes");
    }
    writer->Commit(expected.media_type, expected.digest);
  }

  Descriptor TakeLayer(const std::string& name) override {
    LayerTaker taker(store_);
    Read(name, [&](std::string_view data) {
      taker.Write(data);
      return true;
    });
    return taker.Commit();
  }

 private:
  // Until the end, or until `sink` answers false.
  void Read(const std::string& name, const std::function<bool(std::string_view)>& sink) const {
    const base::UniqueFd fd = Open(name);
    if (!fd) {
      throw Error(ErrorKind::kInvalid, "the archive has no file " + base::ForMessage(name));
    }
    std::vector<char> buffer(kChunk);
    while (const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size())) {
      if (n < 0) {
        throw Error::FromErrno("read " + name);
      }
      if (!sink({buffer.data(), static_cast<size_t>(n)})) {
        return;
      }
    }
  }

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

std::unique_ptr<LayoutSource> OpenDirectoryLayout(const ImageStore& store,
                                                  const std::filesystem::path& directory) {
  return std::make_unique<DirectoryLayout>(store, directory);
}

}  // namespace runtime::image
