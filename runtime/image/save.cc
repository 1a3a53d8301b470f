#include "runtime/image/save.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <set>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/layout_source.h"
#include "runtime/image/manifest.h"

namespace runtime::image {
namespace fs = std::filesystem;
namespace {

using base::Error;
using base::ErrorKind;
using nlohmann::json;

constexpr size_t kCopyBytes = 256u << 10;

// Where the files go, in order.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void Begin(const std::string& name, uint64_t size) = 0;
  virtual void Write(std::string_view data) = 0;
  virtual void End() = 0;  // of everything
};

class TarSink : public Sink {
 public:
  explicit TarSink(int fd) : archive_(::archive_write_new(), &::archive_write_free) {
    ::archive_write_set_format_pax_restricted(archive_.get());
    ::archive_write_add_filter_none(archive_.get());
    ::archive_write_set_bytes_in_last_block(archive_.get(), 1);
    Check(::archive_write_open_fd(archive_.get(), fd));
  }

  void Begin(const std::string& name, uint64_t size) override {
    const std::unique_ptr<archive_entry, decltype(&::archive_entry_free)> entry(
        ::archive_entry_new(), &::archive_entry_free);
    ::archive_entry_set_pathname(entry.get(), name.c_str());
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), 0644);
    ::archive_entry_set_size(entry.get(), static_cast<int64_t>(size));
    ::archive_entry_set_mtime(entry.get(), 0, 0);
    Check(::archive_write_header(archive_.get(), entry.get()));
  }

  void Write(std::string_view data) override {
    if (::archive_write_data(archive_.get(), data.data(), data.size()) !=
        static_cast<la_ssize_t>(data.size())) {
      Check(ARCHIVE_FATAL);
    }
  }

  void End() override { Check(::archive_write_close(archive_.get())); }

 private:
  void Check(int result) {
    if (result < ARCHIVE_WARN) {
      throw Error::FromErrno("write the archive", ::archive_errno(archive_.get()));
    }
  }

  std::unique_ptr<archive, decltype(&::archive_write_free)> archive_;
};

class DirectorySink : public Sink {
 public:
  explicit DirectorySink(fs::path root) : root_(std::move(root)) {
    base::MakeDirectories(root_, 0755);
    if (!fs::is_empty(root_)) {
      throw Error(ErrorKind::kExists, root_.string() + " isn't empty");
    }
    base::MakeDirectories(root_ / "blobs" / "sha256", 0755);
  }

  void Begin(const std::string& name, uint64_t) override {
    Close();
    name_ = (root_ / name).string();
    fd_ = base::OpenFile(name_, O_WRONLY | O_CREAT | O_EXCL, 0644);
  }
  void Write(std::string_view data) override { base::WriteAll(fd_.get(), data, name_); }
  void End() override { Close(); }

 private:
  void Close() {
    if (fd_) {
      fd_.Close();
    }
  }

  fs::path root_;
  std::string name_;
  base::UniqueFd fd_;
};

void WriteBlob(const ImageStore& store, const Descriptor& blob, Sink& sink) {
  const base::UniqueFd fd = store.OpenBlob(blob.digest);
  sink.Begin(BlobName(blob.digest), blob.size);
  base::Sha256 hash;
  std::string buffer(kCopyBytes, '\0');
  uint64_t size = 0;
  while (const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size())) {
    if (n < 0) {
      throw Error::FromErrno("read blob " + blob.digest.ToString());
    }
    const std::string_view data(buffer.data(), static_cast<size_t>(n));
    size += data.size();
    if (size > blob.size) {
      break;
    }
    hash.Update(data);
    sink.Write(data);
  }
  if (size != blob.size || hash.Finish() != blob.digest) {
    throw Error(ErrorKind::kInvalid, "blob " + blob.digest.ToString() +
                                         " is damaged: its content has another digest or size");
  }
}

void WriteText(const std::string& name, const std::string& text, Sink& sink) {
  sink.Begin(name, text.size());
  sink.Write(text);
}

void Save(const ImageStore& store, const std::vector<SavedImage>& images, Sink& sink) {
  const base::UniqueFd hold = store.Hold();
  json manifests = json::array();
  json docker = json::array();
  std::set<base::Digest> written;
  WriteText("oci-layout", R"({"imageLayoutVersion":"1.0.0"})", sink);
  for (const SavedImage& saved : images) {
    std::vector<Descriptor> blobs = saved.image.blobs;
    blobs.push_back(saved.image.config_blob);
    blobs.push_back(saved.image.manifest);
    for (const Descriptor& blob : blobs) {
      if (written.insert(blob.digest).second) {
        WriteBlob(store, blob, sink);
      }
    }
    json entry = DescriptorToJson(saved.image.manifest);
    json docker_entry = {{"Config", BlobName(saved.image.config_blob.digest)},
                         {"RepoTags", json::array()},
                         {"Layers", json::array()}};
    for (const Descriptor& blob : saved.image.blobs) {
      docker_entry["Layers"].push_back(BlobName(blob.digest));
    }
    if (!saved.name.empty()) {
      entry["annotations"] = {{"org.opencontainers.image.ref.name", saved.name},
                              {"io.containerd.image.name", saved.name}};
      docker_entry["RepoTags"].push_back(saved.name);
    }
    manifests.push_back(std::move(entry));
    docker.push_back(std::move(docker_entry));
  }
  WriteText("index.json",
            json{{"schemaVersion", 2}, {"mediaType", kIndexType}, {"manifests", manifests}}.dump(),
            sink);
  WriteText("manifest.json", docker.dump(), sink);
  sink.End();
}

}  // namespace

void SaveTar(const ImageStore& store, const std::vector<SavedImage>& images, int fd) {
  TarSink sink(fd);
  Save(store, images, sink);
}

void SaveDirectory(const ImageStore& store, const std::vector<SavedImage>& images,
                   const fs::path& directory) {
  DirectorySink sink(directory);
  try {
    Save(store, images, sink);
  } catch (...) {
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
      base::RemoveTree(entry.path());  // All of it is ours: it was empty.
    }
    throw;
  }
}

}  // namespace runtime::image
