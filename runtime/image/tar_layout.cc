#include <map>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/layer_taker.h"
#include "runtime/image/layout_source.h"
#include "runtime/image/manifest.h"
#include "runtime/layer/decompress.h"
#include "runtime/layer/tar_reader.h"

namespace runtime::image {
namespace fs = std::filesystem;
namespace {

using base::Error;
using base::ErrorKind;

// All documents of one archive together; everything else goes to disk.
constexpr size_t kMaxDocumentsInMemory = 64u << 20;
constexpr int kMaxLinks = 8;

[[noreturn]] void RefuseFile(const std::string& reason) {
  throw Error(ErrorKind::kInvalid, "the archive " + reason);
}

// A name as the map has it: "./a/../b" is "b". Empty for names that leave the archive.
std::string Normal(const fs::path& name) {
  const fs::path normal = name.lexically_normal();
  const bool leaves = normal.is_absolute() || (!normal.empty() && *normal.begin() == "..");
  return leaves || normal == "." ? std::string() : normal.string();
}

// One file of it: a document kept in memory, a blob on disk, or a link to another file.
struct ArchiveFile {
  std::optional<std::string> text;
  std::unique_ptr<ImageStore::BlobWriter> blob;  // below blobs/
  std::unique_ptr<LayerTaker> layer;             // elsewhere
  uint64_t size = 0;
  std::optional<Descriptor> taken;
  std::string link;
};

class TarLayout : public LayoutSource {
 public:
  explicit TarLayout(const ImageStore& store) : store_(store) {}

  void Read(int fd, const ArchiveLimits& limits) {
    const auto stream = layer::MakeDecompressor(layer::FromDescriptor(fd));
    uint64_t total = 0;
    layer::TarReader reader([&] {
      const std::string_view data = stream->Next();
      total += data.size();
      if (total > limits.max_bytes) {
        RefuseFile("has more than " + std::to_string(limits.max_bytes) + " bytes");
      }
      if (total > limits.ratio_from && total / limits.max_ratio > stream->consumed()) {
        RefuseFile("expands more than " + std::to_string(limits.max_ratio) + " times");
      }
      return data;
    });
    layer::TarEntry entry;
    uint64_t files = 0;
    while (reader.Next(entry)) {
      if (++files > limits.max_files) {
        RefuseFile("has more than " + std::to_string(limits.max_files) + " files");
      }
      Add(reader, entry);
    }
  }

  std::optional<std::string> ReadDocument(const std::string& name) override {
    const ArchiveFile* file = Find(name);
    if (file == nullptr) {
      return std::nullopt;
    }
    if (!file->text) {
      RefuseFile("has no JSON document of at most " + std::to_string(kMaxDocumentBytes) +
                 " bytes in " + name);
    }
    return file->text;
  }

  void TakeBlob(const std::string& name, const Descriptor& expected) override {
    ArchiveFile& file = Get(name);
    if (file.size != expected.size) {
      throw Error(ErrorKind::kInvalid, "blob " + expected.digest.ToString() + " has " +
                                           std::to_string(file.size) + " bytes; announced were " +
                                           std::to_string(expected.size));
    }
    if (!file.taken) {
      if (file.text) {
        file.blob = store_.NewBlob();
        file.blob->Write(*file.text);
      }
      if (file.blob == nullptr) {
        RefuseFile("has a layer in place of the blob " + base::ForMessage(name));
      }
      file.taken = file.blob->Commit(expected.media_type, expected.digest);
      file.blob.reset();
    }
    if (file.taken->digest != expected.digest) {
      throw Error(ErrorKind::kInvalid, "blob " + expected.digest.ToString() +
                                           ": the content has digest " +
                                           file.taken->digest.ToString());
    }
  }

  Descriptor TakeLayer(const std::string& name) override {
    ArchiveFile& file = Get(name);
    if (!file.taken && file.layer != nullptr) {
      file.taken = file.layer->Commit();
      file.layer.reset();
    }
    if (!file.taken) {
      RefuseFile("has no layer in " + base::ForMessage(name));
    }
    return *file.taken;
  }

 private:
  void Add(layer::TarReader& reader, const layer::TarEntry& entry) {
    const std::string name = Normal(entry.path);
    ArchiveFile file;
    switch (entry.type) {
      case layer::EntryType::kDirectory:
        return;
      case layer::EntryType::kFile:
        ReadContent(reader, name, entry, file);
        break;
      case layer::EntryType::kSymlink:
        file.link = Normal(fs::path(name).parent_path() / entry.link);
        break;
      case layer::EntryType::kHardLink:
        file.link = Normal(entry.link);
        break;
      case layer::EntryType::kFifo:
      case layer::EntryType::kDevice:
        RefuseFile("has a special file, " + base::ForMessage(entry.path));
    }
    const bool is_link = entry.type != layer::EntryType::kFile;
    if (name.empty() || (is_link && file.link.empty())) {
      RefuseFile("has a name that leaves it: " + base::ForMessage(entry.path));
    }
    if (!files_.emplace(name, std::move(file)).second) {
      RefuseFile("has two files of one name: " + base::ForMessage(name));
    }
  }

  void ReadContent(layer::TarReader& reader, const std::string& name, const layer::TarEntry& entry,
                   ArchiveFile& file) {
    layer::TarReader::Block block;
    const auto announced = static_cast<uint64_t>(std::max<int64_t>(entry.size, 0));
    while (reader.NextBlock(block)) {
      if (block.data.empty()) {
        continue;
      }
      if (block.offset != file.size) {
        RefuseFile("has a sparse file, " + base::ForMessage(entry.path));
      }
      if (file.size == 0) {
        Place(name, block.data.front(), announced, file);
      }
      file.size += block.data.size();
      if (file.text) {
        file.text->append(block.data);
      } else if (file.blob != nullptr) {
        file.blob->Write(block.data);
      } else {
        file.layer->Write(block.data);
      }
    }
    if (file.size != announced) {
      RefuseFile("has a sparse or cut file, " + base::ForMessage(entry.path));
    }
    if (file.size == 0) {
      file.text.emplace();
    } else if (file.blob != nullptr) {
      file.blob->Finish();
    } else if (file.layer != nullptr) {
      file.layer->Finish();
    }
  }

  // Decides by its first byte whether a file can be a document.
  void Place(const std::string& name, char first, uint64_t announced, ArchiveFile& file) {
    const bool document = std::string_view("{[ \n").find(first) != std::string_view::npos &&
                          announced <= kMaxDocumentBytes &&
                          in_memory_ + announced <= kMaxDocumentsInMemory;
    if (document) {
      file.text.emplace();
      in_memory_ += announced;
    } else if (name.starts_with("blobs/")) {
      file.blob = store_.NewBlob();
    } else {
      file.layer = std::make_unique<LayerTaker>(store_);
    }
  }

  ArchiveFile& Get(const std::string& name) {
    ArchiveFile* file = Find(name);
    if (file == nullptr) {
      RefuseFile("has no file " + base::ForMessage(name));
    }
    return *file;
  }

  ArchiveFile* Find(std::string name) {
    for (int hops = 0; hops < kMaxLinks; ++hops) {
      const auto found = files_.find(name);
      if (found == files_.end()) {
        return nullptr;
      }
      if (found->second.link.empty()) {
        return &found->second;
      }
      name = found->second.link;
    }
    RefuseFile("has a chain of links at " + base::ForMessage(name));
  }

  const ImageStore& store_;
  std::map<std::string, ArchiveFile> files_;
  size_t in_memory_ = 0;
};

}  // namespace

std::unique_ptr<LayoutSource> ReadTarLayout(const ImageStore& store, int fd,
                                            const ArchiveLimits& limits) {
  auto layout = std::make_unique<TarLayout>(store);
  layout->Read(fd, limits);
  return layout;
}

}  // namespace runtime::image
