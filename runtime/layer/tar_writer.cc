#include "runtime/layer/tar_writer.h"

#include <archive.h>
#include <archive_entry.h>

#include <exception>

#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
namespace {

constexpr int kBlockBytes = 512 << 10;

unsigned FileTypeOf(EntryType type) {
  switch (type) {
    case EntryType::kDirectory:
      return AE_IFDIR;
    case EntryType::kSymlink:
      return AE_IFLNK;
    case EntryType::kFifo:
      return AE_IFIFO;
    case EntryType::kDevice:
      return AE_IFCHR;
    default:
      return AE_IFREG;
  }
}

}  // namespace

struct TarWriter::State {
  struct FreeEntry {
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
  };

  explicit State(ByteSink s) : sink(std::move(s)) {}
  ~State() {
    if (!finished) {
      // Closing frees the block buffer, which freeing alone leaves; a writer that failed doesn't
      // fill up the current entry first.
      closing = true;
      archive_write_fail(writer);
      archive_write_close(writer);
    }
    archive_write_free(writer);
  }

  // libarchive is C: an exception waits here until its call has returned. It isn't told, because it
  // would keep its buffer then.
  static la_ssize_t Write(archive*, void* self, const void* buffer, size_t size) {
    auto* state = static_cast<State*>(self);
    if (!state->failure && !state->closing) {
      try {
        state->sink({static_cast<const char*>(buffer), size});
      } catch (...) {
        state->failure = std::current_exception();
      }
    }
    return static_cast<la_ssize_t>(size);
  }

  void Check(la_ssize_t result) {
    if (failure) {
      std::rethrow_exception(failure);
    }
    if (result < ARCHIVE_WARN) {
      const char* why = archive_error_string(writer);
      throw Error(
          ErrorKind::kInternal,
          "write an archive: " + base::ForMessage(why != nullptr ? why : "no reason given"));
    }
  }

  ByteSink sink;
  archive* writer = archive_write_new();
  std::exception_ptr failure;
  bool closing = false;
  bool finished = false;
  std::unique_ptr<archive_entry, FreeEntry> header{archive_entry_new()};
};

TarWriter::TarWriter(ByteSink sink) : state_(std::make_unique<State>(std::move(sink))) {
  archive* writer = state_->writer;
  archive_write_set_format_pax_restricted(writer);
  state_->Check(archive_write_set_format_option(writer, "pax", "xattrheader", "SCHILY"));
  archive_write_set_bytes_per_block(writer, kBlockBytes);
  archive_write_set_bytes_in_last_block(writer, 1);
  state_->Check(archive_write_open(writer, state_.get(), nullptr, &State::Write, nullptr));
}

TarWriter::~TarWriter() = default;

void TarWriter::Add(const TarEntry& entry) {
  archive_entry* header = state_->header.get();
  archive_entry_clear(header);
  archive_entry_copy_pathname(header, entry.path.c_str());
  if (entry.type == EntryType::kHardLink) {
    archive_entry_copy_hardlink(header, entry.link.c_str());
  } else if (entry.type == EntryType::kSymlink) {
    archive_entry_copy_symlink(header, entry.link.c_str());
  }
  archive_entry_set_filetype(header, FileTypeOf(entry.type));
  archive_entry_set_perm(header, static_cast<mode_t>(entry.mode));
  archive_entry_set_uid(header, entry.uid);
  archive_entry_set_gid(header, entry.gid);
  archive_entry_set_mtime(header, entry.mtime.tv_sec, 0);
  archive_entry_set_size(header, entry.type == EntryType::kFile ? entry.size : 0);
  for (const Attribute& attribute : entry.attributes) {
    archive_entry_xattr_add_entry(header, attribute.name.c_str(), attribute.value.data(),
                                  attribute.value.size());
  }
  state_->Check(archive_write_header(state_->writer, header));
}

void TarWriter::Write(std::string_view data) {
  while (!data.empty()) {
    const la_ssize_t n = archive_write_data(state_->writer, data.data(), data.size());
    state_->Check(n);
    if (n <= 0) {
      throw Error(ErrorKind::kInternal, "write an archive: more content than the entry's size");
    }
    data.remove_prefix(static_cast<size_t>(n));
  }
}

void TarWriter::Finish() {
  const int result = archive_write_close(state_->writer);
  state_->finished = true;
  state_->Check(result);
}

}  // namespace runtime::layer
