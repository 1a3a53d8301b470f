#include "runtime/git/helper/source_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <climits>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/object_hash.h"

namespace runtime::git {
namespace {

constexpr size_t kChunk = 256u << 10;

[[noreturn]] void Changed(const std::string& where) {
  throw base::Error(base::ErrorKind::kUnavailable,
                    where + " changed while it was being read; run again");
}

}  // namespace

SourceFile::SourceFile(int parent, const std::string& name, std::string where)
    : where_(base::ForMessage(where)),
      // O_NONBLOCK: a pipe that took the file's place must not hold us.
      fd_(::openat(parent, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) {
  struct stat status {};
  if (!fd_ || ::fstat(fd_.get(), &status) < 0) {
    throw base::Error::FromErrno("read " + where_);
  }
  if (!S_ISREG(status.st_mode)) {
    Changed(where_);
  }
  size_ = static_cast<uint64_t>(status.st_size);
}

git_oid SourceFile::CopyTo(int target) {
  ObjectHash hash("blob", size_);
  std::vector<char> buffer(std::min<uint64_t>(kChunk, size_ + 1));
  uint64_t done = 0;
  while (true) {
    const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw base::Error::FromErrno("read " + where_);
    }
    if (count == 0) {
      break;
    }
    done += static_cast<uint64_t>(count);
    if (done > size_) {
      Changed(where_);
    }
    const std::string_view data(buffer.data(), static_cast<size_t>(count));
    hash.Update(data);
    if (target >= 0) {
      base::WriteAll(target, data, where_);
    }
  }
  if (done != size_) {
    Changed(where_);
  }
  return hash.Finish();
}

std::string ReadLinkAt(int parent, const std::string& name, const std::string& where) {
  std::string target(PATH_MAX, '\0');
  const ssize_t length = ::readlinkat(parent, name.c_str(), target.data(), target.size());
  if (length < 0) {
    throw base::Error::FromErrno("read the link " + base::ForMessage(where));
  }
  target.resize(static_cast<size_t>(length));
  return target;
}

void ExpectSame(const git_oid& before, const git_oid& now, const std::string& where) {
  if (git_oid_equal(&before, &now) == 0) {
    Changed(where);
  }
}

}  // namespace runtime::git
