#include "runtime/git/helper/tracked_files.h"

#include <filesystem>
#include <string_view>

#include "runtime/git/helper/git_library.h"

namespace runtime::git {
namespace {

bool IsAttributesFile(std::string_view path) {
  static constexpr std::string_view kName = ".gitattributes";
  return path == kName || (path.ends_with(kName) && path[path.size() - kName.size() - 1] == '/');
}

bool IsBefore(const git_index_time& time, const timespec& limit) {
  return time.seconds < limit.tv_sec ||
         (time.seconds == limit.tv_sec && time.nanoseconds < static_cast<uint64_t>(limit.tv_nsec));
}

bool IsSame(const git_index_entry& entry, const struct stat& file) {
  return entry.mtime.seconds == static_cast<int32_t>(file.st_mtim.tv_sec) &&
         entry.mtime.nanoseconds == static_cast<uint32_t>(file.st_mtim.tv_nsec) &&
         entry.ino == static_cast<uint32_t>(file.st_ino) &&
         entry.file_size == static_cast<uint32_t>(file.st_size) &&
         ((entry.mode & S_IFMT) == (file.st_mode & S_IFMT)) &&
         (!S_ISREG(file.st_mode) || ((entry.mode & 0100) == (file.st_mode & 0100)));
}

}  // namespace

TrackedFiles::TrackedFiles(git_repository* repository) : repository_(repository) {
  const auto file = std::filesystem::path(git_repository_path(repository)) / "index";
  struct stat status {};
  if (::stat(file.c_str(), &status) == 0) {
    written_ = status.st_mtim;
  }
  Check(Take(index_, [&](auto** out) { return git_index_open(out, file.c_str()); }),
        "read the index");
  Check(Take(odb_, [&](auto** out) { return git_repository_odb(out, repository); }),
        "open the object database");
  const auto info = std::filesystem::path(git_repository_commondir(repository)) / "info";
  attributes_ = ::access((info / "attributes").c_str(), F_OK) == 0;
  const size_t count = git_index_entrycount(index_.get());
  for (size_t i = 0; i < count && !attributes_; ++i) {
    attributes_ = IsAttributesFile(git_index_get_byindex(index_.get(), i)->path);
  }
}

bool TrackedFiles::Has(const std::string& path) const {
  return git_index_find(nullptr, index_.get(), path.c_str()) == 0;
}

bool TrackedFiles::HasBelow(const std::string& directory) const {
  return git_index_find_prefix(nullptr, index_.get(), directory.c_str()) == 0;
}

std::optional<git_oid> TrackedFiles::Submodule(const std::string& path) const {
  const git_index_entry* entry = git_index_get_bypath(index_.get(), path.c_str(), 0);
  if (entry == nullptr || entry->mode != GIT_FILEMODE_COMMIT) {
    return std::nullopt;
  }
  return entry->id;
}

std::optional<git_oid> TrackedFiles::Unchanged(const std::string& path,
                                               const struct stat& file) const {
  const git_index_entry* entry = git_index_get_bypath(index_.get(), path.c_str(), 0);
  if (entry == nullptr || !IsSame(*entry, file) || !IsBefore(entry->mtime, written_)) {
    return std::nullopt;
  }
  if (attributes_) {
    // A filter may have stored something else of the same length.
    const char* filter = nullptr;
    if (git_attr_get(&filter, repository_, GIT_ATTR_CHECK_FILE_THEN_INDEX, path.c_str(), "filter") <
            0 ||
        git_attr_value(filter) != GIT_ATTR_VALUE_UNSPECIFIED) {
      return std::nullopt;
    }
  }
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, odb_.get(), &entry->id) < 0 || type != GIT_OBJECT_BLOB ||
      size != static_cast<uint64_t>(file.st_size)) {
    return std::nullopt;
  }
  return entry->id;
}

}  // namespace runtime::git
