#include "runtime/git/local_repository.h"

#include <sys/stat.h>

#include <optional>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/terminal_text.h"

namespace runtime::git {
namespace fs = std::filesystem;
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxPathFile = 8192;

bool IsGitDirectory(const fs::path& path) {
  std::error_code error;
  return fs::exists(path / "HEAD", error) &&
         (fs::exists(path / "commondir", error) ||
          (fs::is_directory(path / "objects", error) && fs::is_directory(path / "refs", error)));
}

// The path in a file such as "gitdir: ../.git/modules/x" (gitrepository-layout(5)).
fs::path PathIn(const fs::path& file, std::string_view prefix) {
  std::string text = base::ReadRegularFile(file, kMaxPathFile).value_or("");
  while (text.ends_with('\n') || text.ends_with('\r')) {
    text.pop_back();
  }
  if (!text.starts_with(prefix) || text.size() == prefix.size() ||
      text.find('\0') != std::string::npos) {
    throw Error(ErrorKind::kInvalid, file.string() + " doesn't name a git directory");
  }
  // An absolute right-hand side stands for itself.
  const fs::path path = file.parent_path() / text.substr(prefix.size());
  std::error_code error;
  const fs::path canonical = fs::canonical(path, error);
  if (error) {
    throw Error(ErrorKind::kNotFound,
                file.string() + " names " + ForMessage(path.string()) + ", which doesn't exist");
  }
  return canonical;
}

uid_t OwnerOf(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) < 0) {
    throw Error::FromErrno("look at " + path.string());
  }
  return status.st_uid;
}

LocalRepository WithCommonDirectory(const fs::path& work_tree, const fs::path& git_dir) {
  LocalRepository repository{.work_tree = work_tree, .git_dir = git_dir, .common_dir = git_dir};
  if (fs::exists(git_dir / "commondir")) {
    repository.common_dir = PathIn(git_dir / "commondir", "");
  }
  const fs::path objects = repository.common_dir / "objects";
  if (fs::is_symlink(fs::symlink_status(objects))) {
    throw Error(ErrorKind::kInvalid, objects.string() + " is a link, which is refused");
  }
  if (fs::exists(objects / "info" / "alternates")) {
    throw Error(ErrorKind::kInvalid,
                "repository " + repository.common_dir.string() +
                    " borrows objects of another one (objects/info/alternates); make it whole: "
                    "git repack -a -d && rm " +
                    (objects / "info" / "alternates").string());
  }
  return repository;
}

// The repository whose top is exactly `directory`.
std::optional<LocalRepository> At(const fs::path& directory) {
  const fs::path dot_git = directory / ".git";
  const fs::file_status status = fs::symlink_status(dot_git);
  if (fs::is_regular_file(status)) {
    return WithCommonDirectory(directory, PathIn(dot_git, "gitdir: "));
  }
  if (fs::is_directory(status) && IsGitDirectory(dot_git)) {
    return WithCommonDirectory(directory, dot_git);
  }
  if (IsGitDirectory(directory)) {
    return WithCommonDirectory({}, directory);
  }
  return std::nullopt;
}

}  // namespace

LocalRepository FindLocalRepository(const fs::path& path) {
  std::error_code error;
  const fs::path start = fs::canonical(path, error);
  if (error || !fs::is_directory(start)) {
    throw Error(ErrorKind::kNotFound,
                "repository " + ForMessage(path.string()) + ": there is no such directory");
  }
  for (fs::path directory = start;; directory = directory.parent_path()) {
    if (auto repository = At(directory)) {
      if (OwnerOf(directory) != OwnerOf(start)) {
        throw Error(ErrorKind::kPermission, "repository " + directory.string() +
                                                " belongs to another user than " + start.string() +
                                                " in it; name its directory if you mean it");
      }
      return *repository;
    }
    if (directory == directory.root_path()) {
      throw Error(ErrorKind::kUsage, ForMessage(start.string()) +
                                         " isn't in a git repository; \"git init\" there makes it "
                                         "one (nothing needs to be committed)");
    }
  }
}

}  // namespace runtime::git
