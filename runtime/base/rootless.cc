#include "runtime/base/rootless.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/base/error.h"
#include "runtime/base/fd.h"
#include "runtime/base/files.h"
#include "runtime/base/text.h"

namespace runtime::base {
namespace {

constexpr size_t kMaxFile = 1 << 20;
constexpr uint32_t kAllIds = 0xffffffff;

// Calls `take` with the fields of each line.
template <typename Take>
void ForEachLine(std::string_view text, char separator, Take take) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::vector<std::string_view> fields;
    while (!line.empty()) {
      const std::string_view field = line.substr(0, line.find(separator));
      line.remove_prefix(std::min(line.size(), field.size() + 1));
      if (separator != ' ' || !field.empty()) {
        fields.push_back(field);
      }
    }
    take(fields);
  }
}

uint32_t IdsFromZero(const char* map) {
  const std::vector<IdRange> ranges = MappedRanges(map);
  return ranges.empty() ? 0 : ranges.back().start + ranges.back().count;
}

// An id map of the setuid helpers: our id as root, then the range.
std::vector<std::string> HelperArguments(const char* program, pid_t process, uint32_t own,
                                         const IdRange& range) {
  return {program,
          std::to_string(process),
          "0",
          std::to_string(own),
          "1",
          "1",
          std::to_string(range.start),
          std::to_string(range.count)};
}

bool RunHelper(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; fd < 3; ++fd) {
      ::dup2(nothing, fd);
    }
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

// Somebody outside of the new namespace has to call the helpers: a child that was forked before.
class MapWriter {
 public:
  MapWriter() : go_(MakePipe()) {
    const uint32_t uid = ::geteuid();
    const std::string name =
        FindUserName(ReadFileIfExists("/etc/passwd", kMaxFile).value_or(""), uid);
    const auto find = [&](const char* file) {
      return FindSubordinateIds(ReadFileIfExists(file, kMaxFile).value_or(""), name, uid);
    };
    const std::optional<IdRange> users = find("/etc/subuid");
    const std::optional<IdRange> groups = find("/etc/subgid");
    if (!users || !groups) {
      return;
    }
    const pid_t process = ::getpid();
    child_ = ::fork();
    if (child_ == 0) {
      go_.write.Reset();
      char byte;
      const bool done = ::read(go_.read.get(), &byte, 1) == 1 &&
                        RunHelper(HelperArguments("newuidmap", process, uid, *users)) &&
                        RunHelper(HelperArguments("newgidmap", process, ::getegid(), *groups));
      ::_exit(done ? 0 : 1);
    }
  }
  MapWriter(const MapWriter&) = delete;
  MapWriter& operator=(const MapWriter&) = delete;
  ~MapWriter() {
    go_.write.Reset();
    if (child_ > 0) {
      ::waitpid(child_, nullptr, 0);
    }
  }

  // False when the user has no range of ids, or the helpers aren't there or refuse.
  bool Write() {
    if (child_ <= 0 || ::write(go_.write.get(), "g", 1) != 1) {
      return false;
    }
    int status = 0;
    const bool done = ::waitpid(child_, &status, 0) == child_ && status == 0;
    child_ = -1;
    return done;
  }

 private:
  Pipe go_;
  pid_t child_ = -1;
};

void WriteProc(const char* file, const std::string& text) {
  WriteAll(OpenFile(file, O_WRONLY).get(), text, file);
}

// What a process may write for itself: its own id, once it has given up setgroups(2). A map that a
// helper wrote stays.
void MapOwnIds(uint32_t uid, uint32_t gid) {
  if (IdsFromZero("uid_map") == 0) {
    WriteProc("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1");
  }
  if (IdsFromZero("gid_map") == 0) {
    WriteProc("/proc/self/setgroups", "deny");
    WriteProc("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
  }
}

}  // namespace

bool InInitialUserNamespace() { return IdsFromZero("uid_map") == kAllIds; }

std::vector<IdRange> MappedRanges(const char* map) {
  // Lines of "INSIDE OUTSIDE COUNT", in any order.
  std::vector<IdRange> ranges;
  ForEachLine(ReadFile(std::string("/proc/self/") + map, kMaxFile), ' ',
              [&](const std::vector<std::string_view>& fields) {
                if (fields.size() == 3) {
                  ranges.push_back({ParseInteger<uint32_t>(fields[0]).value_or(0),
                                    ParseInteger<uint32_t>(fields[2]).value_or(0)});
                }
              });
  std::sort(ranges.begin(), ranges.end(),
            [](const IdRange& a, const IdRange& b) { return a.start < b.start; });
  uint32_t next = 0;
  const auto gap = std::find_if(ranges.begin(), ranges.end(), [&](const IdRange& range) {
    const bool goes_on = range.start == next;
    next += range.count;
    return !goes_on;
  });
  ranges.erase(gap, ranges.end());
  return ranges;
}

uint32_t MappedIds() { return std::min(IdsFromZero("uid_map"), IdsFromZero("gid_map")); }

std::optional<IdRange> FindSubordinateIds(std::string_view file, std::string_view name,
                                          uint32_t uid) {
  std::optional<IdRange> found;
  ForEachLine(file, ':', [&](const std::vector<std::string_view>& fields) {
    if (found || fields.size() != 3 || fields[0].empty() ||
        (fields[0] != name && ParseInteger<uint32_t>(fields[0]) != uid)) {
      return;
    }
    const std::optional<uint32_t> start = ParseInteger<uint32_t>(fields[1]);
    const std::optional<uint32_t> count = ParseInteger<uint32_t>(fields[2]);
    if (start && count && *count > 0) {
      found = IdRange{*start, *count};
    }
  });
  return found;
}

std::string FindUserName(std::string_view passwd, uint32_t uid) {
  std::string name;
  ForEachLine(passwd, ':', [&](const std::vector<std::string_view>& fields) {
    if (name.empty() && fields.size() > 3 && ParseInteger<uint32_t>(fields[2]) == uid) {
      name = fields[0];
    }
  });
  return name;
}

void EnterUserNamespace() {
  const uint32_t uid = ::geteuid();
  const uint32_t gid = ::getegid();
  if (uid == 0) {
    return;
  }
  MapWriter writer;
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    const int number = errno;
    throw Error(ErrorKind::kPermission,
                "make a user namespace, which an ordinary user needs for containers: this host "
                "doesn't allow it; as root: sysctl user.max_user_namespaces=15000 (and where they "
                "exist kernel.unprivileged_userns_clone=1, "
                "kernel.apparmor_restrict_unprivileged_userns=0); see: runner doctor",
                number);
  }
  if (!writer.Write()) {
    MapOwnIds(uid, gid);
  }
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    throw Error::FromErrno("make the mounts private");
  }
}

}  // namespace runtime::base
