// join_watcher: a static program for the inside of a container. Looks at every process there as
// fast as it can, and prints what it can see of one that isn't a program of the image.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

namespace {

bool IsOfTheImage(const char* target) {
  return ::strncmp(target, "/bin/", 5) == 0 || ::strncmp(target, "/probe/", 7) == 0;
}

void Look(const char* pid) {
  char path[64];
  char target[4096];
  std::snprintf(path, sizeof path, "/proc/%s/exe", pid);
  const ssize_t n = ::readlink(path, target, sizeof target - 1);
  if (n < 0) {
    return;
  }
  target[n] = '\0';
  if (IsOfTheImage(target)) {
    return;
  }
  std::printf("SEEN program %s\n", target);
  for (int fd = 0; fd < 40; ++fd) {
    std::snprintf(path, sizeof path, "/proc/%s/fd/%d", pid, fd);
    if (::open(path, O_PATH) >= 0) {
      std::printf("SEEN descriptor %d\n", fd);
    }
  }
}

}  // namespace

int main() {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  DIR* proc = ::opendir("/proc");
  std::printf("ready\n");
  while (proc != nullptr) {
    ::rewinddir(proc);
    while (const dirent* entry = ::readdir(proc)) {
      if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
        Look(entry->d_name);
      }
    }
  }
  return 1;
}
