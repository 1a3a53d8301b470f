#include "runtime/layer/unpack.h"

#include <fcntl.h>

#include <algorithm>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/layer/layer_writer.h"
#include "runtime/layer/tar_reader.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
namespace {

[[noreturn]] void RefuseOver(const std::string& limit, uint64_t value) {
  throw Error(ErrorKind::kInvalid,
              "layer refused: over the limit of " + std::to_string(value) + " " + limit);
}

// The uncompressed archive, counted and hashed on its way.
class Archive {
 public:
  Archive(ByteSource source, const UnpackLimits& limits)
      : limits_(limits), decompressor_(MakeDecompressor(std::move(source))) {}

  std::string_view Next() {
    last_ = decompressor_->Next();
    bytes_ += last_.size();
    if (bytes_ > limits_.max_bytes) {
      RefuseOver("bytes", limits_.max_bytes);
    }
    if (bytes_ > limits_.ratio_from && bytes_ / limits_.max_ratio > decompressor_->consumed()) {
      RefuseOver("uncompressed bytes for each compressed byte", limits_.max_ratio);
    }
    hash_.Update(last_);
    return last_;
  }

  // Reads what follows `position`, the end of the archive: padding. Anything else is another
  // archive to another reader.
  void Drain(uint64_t position) {
    const uint64_t begin = bytes_ - last_.size();
    std::string_view data = last_.substr(std::max(position, begin) - begin);
    do {
      if (!std::all_of(data.begin(), data.end(), [](char c) { return c == '\0'; })) {
        throw Error(ErrorKind::kInvalid, "layer refused: data after the end of the archive");
      }
      data = Next();
    } while (!data.empty());
  }

  uint64_t bytes() const { return bytes_; }
  base::Digest Digest() { return hash_.Finish(); }

 private:
  const UnpackLimits& limits_;
  std::unique_ptr<Decompressor> decompressor_;
  base::Sha256 hash_;
  std::string_view last_;
  uint64_t bytes_ = 0;
};

}  // namespace

UnpackResult Unpack(ByteSource source, const std::filesystem::path& directory,
                    const UnpackLimits& limits) {
  base::MakeDirectories(directory, 0755);
  const base::UniqueFd root = base::OpenFile(directory, O_RDONLY | O_DIRECTORY);

  Archive archive(std::move(source), limits);
  TarReader reader([&] { return archive.Next(); });
  LayerWriter writer(root.get(), limits.paths);
  const auto content = [&](TarReader::Block& block) { return reader.NextBlock(block); };

  uint64_t entries = 0;
  uint64_t content_bytes = 0;
  for (TarEntry entry; reader.Next(entry);) {
    if (++entries > limits.max_entries) {
      RefuseOver("entries", limits.max_entries);
    }
    if (entry.type == EntryType::kFile && entry.size > 0) {
      // A sparse file's size costs the archive nothing.
      if (static_cast<uint64_t>(entry.size) > limits.max_bytes - content_bytes) {
        RefuseOver("bytes in files", limits.max_bytes);
      }
      content_bytes += static_cast<uint64_t>(entry.size);
    }
    writer.Add(entry, content);
  }
  archive.Drain(reader.position());
  writer.Finish();
  return {archive.Digest(),
          archive.bytes(),
          content_bytes,
          entries,
          writer.skipped_devices(),
          writer.dropped_attributes(),
          writer.squashed_owners()};
}

}  // namespace runtime::layer
