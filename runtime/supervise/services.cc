#include "runtime/supervise/services.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "runtime/supervise/process.h"

namespace runtime::supervise {
namespace {

struct Name {
  char text[NAME_MAX + 1];
};

// What getdents64(2) writes. The library's opendir(3) would allocate.
struct Entry {
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[1];
};

bool Fail(std::string_view what, int failure) {
  Line line;
  Say(line << what << ": " << ::strerror(failure));
  return false;
}

// A link to a directory counts as one: /etc/service often holds those only.
bool IsService(int directory, const char* name) {
  struct stat st;
  return name[0] != '.' && ::fstatat(directory, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

void Insert(Name* names, int count, const char* name) {
  int place = count;
  for (; place > 0 && ::strcmp(names[place - 1].text, name) > 0; --place) {
    names[place] = names[place - 1];
  }
  ::strcpy(names[place].text, name);  // NOLINT: both have NAME_MAX
}

// How many there are; kMaxServices + 1 for more than that, and -1, having said why, for a failure.
int ReadNames(int directory, const char* path, Name* names) {
  int found = 0;
  alignas(Entry) char data[4096];
  long size;
  while ((size = ::syscall(SYS_getdents64, directory, data, sizeof data)) > 0) {
    for (long at = 0; at < size;) {
      const Entry* entry = reinterpret_cast<const Entry*>(data + at);
      at += entry->size;
      if (!IsService(directory, entry->name)) {
        continue;
      }
      if (found == kMaxServices) {
        return kMaxServices + 1;
      }
      Insert(names, found++, entry->name);
    }
  }
  return size == 0 || Fail(path, errno) ? found : -1;
}

}  // namespace

bool Services::Open(const char* path) {
  const int directory = ::open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) {
    return errno == ENOENT || Fail(path, errno);
  }
  Name names[kMaxServices];
  const int found = ReadNames(directory, path, names);
  if (found > kMaxServices) {
    Line line;
    Say(line << path << ": more than " << kMaxServices << " services");
  }
  if (found < 0 || found > kMaxServices) {
    return false;
  }
  for (count_ = 0; count_ < found; ++count_) {
    if (!list_[count_].Open(directory, names[count_].text)) {
      return Fail(names[count_].text, errno);
    }
  }
  ::close(directory);
  return true;
}

Service* Services::FindByName(std::string_view name) {
  Service* found = std::find_if(begin(), end(), [&](Service& s) { return name == s.name(); });
  return found == end() ? nullptr : found;
}

Service* Services::FindByPid(pid_t pid) {
  Service* found = std::find_if(begin(), end(), [&](Service& s) { return s.pid() == pid; });
  return found == end() ? nullptr : found;
}

}  // namespace runtime::supervise
