#include "runtime/git/lfs_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/git/checkout_time.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::UniqueFd;

void SetModeAndTime(int fd, mode_t mode, const fs::path& path) {
  const timespec times[2] = {{kCheckoutTime, 0}, {kCheckoutTime, 0}};
  if (::fchmod(fd, mode) != 0 || ::futimens(fd, times) != 0) {
    throw Error::FromErrno("set the mode and time of " + path.string());
  }
}

// What came from the git container: it must be the file that was asked for and nothing else.
void CheckFetched(const fs::path& path, const LfsObject& object) {
  const UniqueFd fd = base::OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) {
    throw Error::FromErrno("look at " + path.string());
  }
  if (!S_ISREG(status.st_mode) || status.st_nlink != 1 ||
      static_cast<uint64_t>(status.st_size) != object.size) {
    throw Error(ErrorKind::kInvalid,
                "the git container brought something else than object " + object.oid);
  }
  SetModeAndTime(fd.get(), 0644, path);
}

void CopyTo(const fs::path& from, const fs::path& to, mode_t mode) {
  fs::copy_file(from, to, fs::copy_options::overwrite_existing);
  const UniqueFd copy = base::OpenFile(to, O_RDONLY);
  SetModeAndTime(copy.get(), mode, to);
  if (::fsync(copy.get()) != 0) {
    throw Error::FromErrno("write " + to.string() + " to disk");
  }
}

}  // namespace

fs::path LfsStore::PathOf(const LfsObject& object) const {
  return directory_ / object.oid.substr(0, 2) / object.oid;
}

bool LfsStore::Has(const LfsObject& object) const {
  struct stat status {};
  return ::lstat(PathOf(object).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<uint64_t>(status.st_size) == object.size;
}

void LfsStore::Take(const fs::path& from, const std::vector<LfsObject>& objects) const {
  base::MakeDirectories(directory_);
  // Nobody looks at their content again, so it must not be lost when the name stays.
  if (::syncfs(base::OpenDirectory(from).get()) != 0) {
    throw Error::FromErrno("write the objects of Git LFS to disk");
  }
  for (const LfsObject& object : objects) {
    const fs::path fetched = from / object.oid;
    if (!fs::exists(fs::symlink_status(fetched))) {
      continue;
    }
    CheckFetched(fetched, object);
    base::MakeDirectories(PathOf(object).parent_path());
    fs::rename(fetched, PathOf(object));
  }
}

void LfsStore::Place(const LfsObject& object, bool executable, const fs::path& path) const {
  fs::path source = PathOf(object);
  if (executable) {
    source += ".x";
    if (!fs::exists(source)) {
      const fs::path draft = source.string() + ".new";
      CopyTo(PathOf(object), draft, 0755);
      fs::rename(draft, source);
    }
  }
  if (::link(source.c_str(), path.c_str()) == 0) {
    return;
  }
  // A file system has a limit of how many names one file may have.
  if (errno != EMLINK) {
    throw Error::FromErrno("link " + source.string() + " to " + path.string());
  }
  CopyTo(source, path, executable ? 0755 : 0644);
}

}  // namespace runtime::git
