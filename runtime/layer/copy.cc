#include "runtime/layer/copy.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/terminal_text.h"
#include "runtime/layer/tree_copier.h"

namespace runtime::layer {
using base::Error;
using base::ErrorKind;
using base::UniqueFd;
namespace {

struct Split {
  std::string parent;
  std::string name;  // empty for the root
};

// "/a/b//" and "a/b/." are parent "a", name "b".
Split SplitPath(std::string_view path) {
  while (path.ends_with('/') || path.ends_with("/.") || path == ".") {
    path.remove_suffix(1);
  }
  const size_t slash = path.rfind('/');
  Split split;
  split.parent = slash == std::string_view::npos ? "" : path.substr(0, slash);
  split.name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  if (split.name == "..") {
    throw Error(ErrorKind::kInvalid, "copy: a path that ends in \"..\"");
  }
  return split;
}

bool NamesContent(std::string_view path) {
  return path.empty() || path == "." || path.ends_with('/') || path.ends_with("/.");
}

struct Directory {
  UniqueFd fd;
  bool made = false;
};

// Links in `path` are read as inside the root. Missing directories are made.
Directory MakeDirectories(int root, const std::string& path, const CopyOptions& options) {
  try {
    return {base::OpenBeneath(root, path, O_RDONLY | O_DIRECTORY, base::Links::kInRoot), false};
  } catch (const Error& e) {
    if (e.errno_value() != ENOENT || path.empty()) {
      throw;
    }
  }
  const Split split = SplitPath(path);
  const Directory parent = MakeDirectories(root, split.parent, options);
  if (::mkdirat(parent.fd.get(), split.name.c_str(), 0755) != 0) {
    throw Error::FromErrno("make directory " + base::ForMessage(path));
  }
  UniqueFd made(::openat(parent.fd.get(), split.name.c_str(),
                         O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!made || ::fchmod(made.get(), 0755) != 0 ||
      (options.owner && ::fchown(made.get(), options.owner->uid, options.owner->gid) != 0)) {
    throw Error::FromErrno("make directory " + base::ForMessage(path));
  }
  return {std::move(made), true};
}

// `source`: a stack of directories, lowest first.
CopyResult CopyDirectory(const std::vector<int>& source, int to_root, const std::string& to,
                         bool content_only, const CopyOptions& options,
                         const std::stop_token& stop) {
  if (to.size() > options.tree.max_path) {
    throw Error(ErrorKind::kInvalid, "copy: the path is too long");
  }
  const Directory target = MakeDirectories(to_root, to, options);
  TreeCopier copier(target.fd.get(), options, stop);
  copier.CopyContent(source);
  if (target.made || !content_only || options.link) {
    copier.CopyAttributes(source.back(), target.fd.get());
  }
  return copier.result();
}

}  // namespace

CopyResult CopyTree(int from_root, std::string_view from, int to_root, std::string_view to,
                    const CopyOptions& options, const std::stop_token& stop) {
  const std::string context = "copy " + base::ForMessage(from) + " to " + base::ForMessage(to);
  return base::WithContext(context, [&] {
    // Neither waits at a FIFO nor takes a terminal; what it is shows after.
    const UniqueFd source = base::OpenBeneath(
        from_root, std::string(from), O_RDONLY | O_NONBLOCK | O_NOCTTY, base::Links::kInRoot);
    struct stat st;
    if (::fstat(source.get(), &st) != 0) {
      throw Error::FromErrno("look at it");
    }
    std::string path(to);
    if (NamesContent(to) && !NamesContent(from)) {
      path += "/" + SplitPath(from).name;
    }
    if (S_ISDIR(st.st_mode)) {
      return CopyDirectory({source.get()}, to_root, path, NamesContent(from), options, stop);
    }
    const Split split = SplitPath(path);
    if (!S_ISREG(st.st_mode) || split.name.empty()) {
      throw Error(ErrorKind::kInvalid, "neither a file nor a directory");
    }
    const Directory target = MakeDirectories(to_root, split.parent, options);
    TreeCopier copier(target.fd.get(), options, stop);
    copier.CopyFile(source.get(), split.name);
    return copier.result();
  });
}

void LinkLayer(const std::vector<std::filesystem::path>& from, const std::filesystem::path& to,
               std::string_view path) {
  const OpenedStack source(from);
  const UniqueFd target = base::OpenDirectory(to);
  CopyOptions options;
  options.link = true;
  base::WithContext("link a layer to " + base::ForMessage(path), [&] {
    CopyDirectory(source.descriptors(), target.get(), std::string(path), /*content_only=*/true,
                  options, {});
  });
}

}  // namespace runtime::layer
