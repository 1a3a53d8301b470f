#include "runtime/supervise/services.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "runtime/supervise/process.h"

namespace runtime::supervise {
namespace {

struct Name {
  char text[NAME_MAX + 1];
};

bool Fail(std::string_view what, int failure) {
  Line line;
  Say(line << what << ": " << ::strerrordesc_np(failure));
  return false;
}

// A link to a directory counts as one: /etc/service often holds those only.
bool IsDirectory(int directory, const char* name) {
  struct stat st;
  return ::fstatat(directory, name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

}  // namespace

bool Services::Open(const char* path) {
  DIR* stream = ::opendir(path);
  if (stream == nullptr) {
    return errno == ENOENT || Fail(path, errno);
  }
  Name names[kMaxServices];
  int found = 0;
  for (const dirent* entry; (entry = ::readdir(stream)) != nullptr;) {
    if (entry->d_name[0] == '.' || !IsDirectory(::dirfd(stream), entry->d_name)) {
      continue;
    }
    if (found == kMaxServices) {
      Line line;
      Say(line << path << ": more than " << kMaxServices << " services");
      return false;
    }
    ::strcpy(names[found++].text, entry->d_name);  // NOLINT: both have NAME_MAX
  }
  std::sort(names, names + found,
            [](const Name& a, const Name& b) { return ::strcmp(a.text, b.text) < 0; });
  for (count_ = 0; count_ < found; ++count_) {
    const char* name = names[count_].text;
    if (!list_[count_].Open(::dirfd(stream), name)) {
      return Fail(name, errno);
    }
  }
  ::closedir(stream);
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
