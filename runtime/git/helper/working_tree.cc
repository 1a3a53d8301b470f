#include "runtime/git/helper/working_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>

#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/object_hash.h"
#include "runtime/git/helper/source_file.h"
#include "runtime/git/helper/submodules.h"
#include "runtime/git/helper/write_tree.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;

constexpr size_t kMaxRules = 4u << 20;

std::vector<std::string> NamesIn(int fd, const std::string& path) {
  base::UniqueFd copy = base::Duplicate(fd);
  runtime::base::UniqueDir stream(::fdopendir(copy.get()));
  if (!stream) {
    throw Error::FromErrno("read directory " + ForMessage(path));
  }
  copy.Release();
  ::rewinddir(stream.get());
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && name != ".git") {
      names.emplace_back(name);
    }
    errno = 0;
  }
  if (errno != 0) {
    throw Error::FromErrno("read directory " + ForMessage(path));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// The .gitignore of a directory; a link isn't followed, as git doesn't.
std::string ReadRules(int directory, const std::string& prefix) {
  const base::UniqueFd fd(
      ::openat(directory, ".gitignore", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!fd && (errno == ENOENT || errno == ELOOP)) {
    return {};
  }
  if (!fd || ::fstat(fd.get(), &status) < 0) {
    throw Error::FromErrno("read " + ForMessage(prefix + ".gitignore"));
  }
  return S_ISREG(status.st_mode)
             ? base::ReadAll(fd.get(), ForMessage(prefix + ".gitignore"), kMaxRules)
             : std::string();
}

base::UniqueFd OpenDirectory(int parent, const std::string& name, const std::string& path) {
  base::UniqueFd fd(
      ::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("open directory " + ForMessage(path));
  }
  return fd;
}

}  // namespace

WorkingTree::WorkingTree(git_repository* repository, const std::filesystem::path& directory,
                         const CheckoutLimits& limits, const Note& note)
    : repository_(repository),
      limits_(limits),
      note_(note),
      tracked_(repository),
      directory_(base::OpenFile(directory, O_RDONLY | O_DIRECTORY)) {
  Check(git_repository_set_workdir(repository, directory.c_str(), /*update_gitlink=*/0),
        "use the working tree");
  const auto info = std::filesystem::path(git_repository_commondir(repository)) / "info";
  rules_.Push("", base::ReadFileIfExists(info / "exclude", kMaxRules).value_or(""));
  ReadDirectory({.fd = directory_.get(), .prefix = "", .depth = 0, .ignored = false}, root_);
}

void WorkingTree::ReadDirectory(const Place& place, Node& node) {
  if (place.depth > limits_.depth) {
    throw Error(ErrorKind::kInvalid, ForMessage(place.prefix) + " lies deeper than the limit of " +
                                         std::to_string(limits_.depth) + " directories");
  }
  rules_.Push(place.prefix, ReadRules(place.fd, place.prefix));
  for (const std::string& name : NamesIn(place.fd, place.prefix)) {
    ReadEntry(place, name, node);
  }
  rules_.Pop();
  node.id = TreeId(node.children);
}

void WorkingTree::ReadEntry(const Place& place, const std::string& name, Node& node) {
  const std::string path = place.prefix + name;
  struct stat status {};
  if (::fstatat(place.fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) {
      return;
    }
    throw Error::FromErrno("read " + ForMessage(path));
  }
  if (S_ISDIR(status.st_mode)) {
    ReadSubdirectory(place, name, node);
    return;
  }
  if ((!S_ISREG(status.st_mode) && !S_ISLNK(status.st_mode)) ||
      (!tracked_.Has(path) && (place.ignored || rules_.Match(path, /*is_directory=*/false)))) {
    return;
  }
  if (++entries_ > limits_.entries) {
    throw Error(ErrorKind::kInvalid, "the working tree has more than the limit of " +
                                         std::to_string(limits_.entries) + " entries");
  }
  Node child;
  child.name = name;
  if (S_ISLNK(status.st_mode)) {
    child.mode = GIT_FILEMODE_LINK;
    child.id = ObjectHash::Of("blob", ReadLinkAt(place.fd, name, path));
  } else {
    child.mode = (status.st_mode & 0100) != 0 ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
    const auto known = tracked_.Unchanged(path, status);
    child.stored = known.has_value();
    child.id = known ? *known : SourceFile(place.fd, name, path).Hash();
  }
  node.children.push_back(std::move(child));
}

void WorkingTree::ReadSubdirectory(const Place& place, const std::string& name, Node& node) {
  const std::string path = place.prefix + name;
  Node child;
  child.name = name;
  if (const auto commit = tracked_.Submodule(path)) {
    child.mode = GIT_FILEMODE_COMMIT;
    child.id = *commit;
    node.children.push_back(std::move(child));
    return;
  }
  const std::string prefix = path + "/";
  const bool tracked_below = tracked_.HasBelow(prefix);
  const bool ignored = place.ignored || rules_.Match(path, /*is_directory=*/true);
  if (!tracked_below && ignored) {
    return;
  }
  const base::UniqueFd fd = OpenDirectory(place.fd, name, path);
  struct stat status {};
  if (!tracked_below && ::fstatat(fd.get(), ".git", &status, AT_SYMLINK_NOFOLLOW) == 0) {
    note_("left out: " + ForMessage(path) + " is a repository of its own and no submodule");
    return;
  }
  ReadDirectory({.fd = fd.get(), .prefix = prefix, .depth = place.depth + 1, .ignored = ignored},
                child);
  if (!child.children.empty()) {
    node.children.push_back(std::move(child));
  }
}

// A tree object's content, gitformat: "MODE NAME\0" and the raw id for each entry, sorted as if
// the names of directories ended with "/".
git_oid WorkingTree::TreeId(const std::vector<Node>& children) {
  std::vector<const Node*> sorted;
  sorted.reserve(children.size());
  for (const Node& child : children) {
    sorted.push_back(&child);
  }
  const auto key = [](const Node* node) {
    return node->mode == GIT_FILEMODE_TREE ? node->name + "/" : node->name;
  };
  std::sort(sorted.begin(), sorted.end(),
            [&](const Node* a, const Node* b) { return key(a) < key(b); });
  std::string content;
  for (const Node* node : sorted) {
    static constexpr char kOctal[] = "01234567";
    std::string mode;
    for (unsigned rest = node->mode; rest != 0; rest /= 8) {
      mode.insert(mode.begin(), kOctal[rest % 8]);
    }
    content += mode + " " + node->name + '\0';
    content.append(reinterpret_cast<const char*>(node->id.id), GIT_OID_RAWSZ);
  }
  return ObjectHash::Of("tree", content);
}

std::vector<Submodule> WorkingTree::Submodules() const {
  std::vector<Submodule> found;
  AddSubmodules(root_, "", found);
  return found;
}

void WorkingTree::AddSubmodules(const Node& node, const std::string& prefix,
                                std::vector<Submodule>& found) {
  for (const Node& child : node.children) {
    if (child.mode == GIT_FILEMODE_COMMIT) {
      found.push_back({prefix + child.name, ToText(child.id), ""});
    }
    if (found.size() > kMaxSubmodules) {
      throw Error(ErrorKind::kInvalid, "the working tree has more than the limit of " +
                                           std::to_string(kMaxSubmodules) + " submodules");
    }
    AddSubmodules(child, prefix + child.name + "/", found);
  }
}

void WorkingTree::Write(OutputTree& output) const {
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository_); }),
        "open the object database");
  WriteChildren(odb.get(), directory_.get(), root_, output);
  output.Close();
}

void WorkingTree::WriteChildren(git_odb* odb, int fd, const Node& node, OutputTree& output) const {
  for (const Node& child : node.children) {
    const std::string where = output.Where(child.name);
    const bool executable = child.mode == GIT_FILEMODE_BLOB_EXECUTABLE;
    if (child.mode == GIT_FILEMODE_TREE) {
      const base::UniqueFd below = OpenDirectory(fd, child.name, where);
      output.Enter(child.name);
      WriteChildren(odb, below.get(), child, output);
      output.Leave();
    } else if (child.mode == GIT_FILEMODE_COMMIT) {
      output.Enter(child.name);
      output.Leave();
    } else if (child.mode == GIT_FILEMODE_LINK) {
      const std::string target = ReadLinkAt(fd, child.name, where);
      ExpectSame(child.id, ObjectHash::Of("blob", target), where);
      output.Link(child.name, target);
    } else if (child.stored) {
      WriteBlob(odb, child.id, child.name, executable, output);
    } else {
      SourceFile file(fd, child.name, where);
      base::UniqueFd target = output.OpenFile(child.name, executable, file.size());
      ExpectSame(child.id, file.CopyTo(target.get()), where);
      output.Finish(std::move(target));
    }
  }
}

}  // namespace runtime::git
