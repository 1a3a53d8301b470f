#include "runtime/layer/tar_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <exception>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
namespace {

std::string OrEmpty(const char* text) { return text != nullptr ? text : ""; }

EntryType TypeOf(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) {
    return EntryType::kHardLink;
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
      return EntryType::kDirectory;
    case AE_IFLNK:
      return EntryType::kSymlink;
    case AE_IFIFO:
      return EntryType::kFifo;
    case AE_IFCHR:
    case AE_IFBLK:
    case AE_IFSOCK:
      return EntryType::kDevice;
    default:
      return EntryType::kFile;
  }
}

}  // namespace

struct TarReader::State {
  explicit State(std::function<std::string_view()> s) : source(std::move(s)) {}
  ~State() { archive_read_free(reader); }

  // libarchive is C: an exception waits here until its call has returned.
  static la_ssize_t Read(archive*, void* self, const void** buffer) {
    auto* state = static_cast<State*>(self);
    try {
      const std::string_view data = state->source();
      *buffer = data.data();
      return static_cast<la_ssize_t>(data.size());
    } catch (...) {
      state->failure = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

  // True for a result, false at the end.
  bool Check(int result) {
    if (failure) {
      std::rethrow_exception(failure);
    }
    if (result == ARCHIVE_EOF) {
      return false;
    }
    if (result != ARCHIVE_OK && result != ARCHIVE_WARN) {
      throw Error(ErrorKind::kInvalid,
                  "tar: " + base::ForMessage(OrEmpty(archive_error_string(reader))));
    }
    return true;
  }

  std::function<std::string_view()> source;
  archive* reader = archive_read_new();
  std::exception_ptr failure;
};

TarReader::TarReader(std::function<std::string_view()> source)
    : state_(std::make_unique<State>(std::move(source))) {
  archive_read_support_format_tar(state_->reader);
  archive_read_support_format_empty(state_->reader);
  state_->Check(archive_read_open(state_->reader, state_.get(), nullptr, &State::Read, nullptr));
}

TarReader::~TarReader() = default;

bool TarReader::Next(TarEntry& entry) {
  archive_entry* header = nullptr;
  if (!state_->Check(archive_read_next_header(state_->reader, &header))) {
    return false;
  }
  entry.path = OrEmpty(archive_entry_pathname(header));
  entry.type = TypeOf(header);
  entry.link = OrEmpty(entry.type == EntryType::kHardLink ? archive_entry_hardlink(header)
                                                          : archive_entry_symlink(header));
  entry.mode = archive_entry_perm(header);
  entry.uid = archive_entry_uid(header);
  entry.gid = archive_entry_gid(header);
  entry.mtime = {static_cast<time_t>(archive_entry_mtime(header)),
                 archive_entry_mtime_nsec(header)};
  entry.size = archive_entry_size(header);
  entry.attributes.clear();
  archive_entry_xattr_reset(header);
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  while (archive_entry_xattr_next(header, &name, &value, &size) == ARCHIVE_OK) {
    entry.attributes.push_back({OrEmpty(name), std::string(static_cast<const char*>(value), size)});
  }
  return true;
}

bool TarReader::NextBlock(Block& block) {
  const void* data = nullptr;
  size_t size = 0;
  la_int64_t offset = 0;
  if (!state_->Check(archive_read_data_block(state_->reader, &data, &size, &offset))) {
    return false;
  }
  if (offset < 0) {
    throw Error(ErrorKind::kInvalid, "tar: a part of a file at a negative offset");
  }
  block.offset = static_cast<uint64_t>(offset);
  block.data = {static_cast<const char*>(data), size};
  return true;
}

uint64_t TarReader::position() const {
  return static_cast<uint64_t>(archive_filter_bytes(state_->reader, 0));
}

}  // namespace runtime::layer
