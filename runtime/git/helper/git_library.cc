#include "runtime/git/helper/git_library.h"

#include <git2/sys/repository.h>

#include "runtime/base/terminal_text.h"
#include "runtime/git/helper/cut_objects.h"
#include "runtime/git/protocol.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;

ErrorKind KindOf(int code, int error_class) {
  switch (code) {
    case GIT_ENOTFOUND:
      return ErrorKind::kNotFound;
    case GIT_EAUTH:
    case GIT_ECERTIFICATE:
      return ErrorKind::kPermission;
    case GIT_EINVALIDSPEC:
    case GIT_EAMBIGUOUS:
      return ErrorKind::kUsage;
    default:
      break;
  }
  switch (error_class) {
    case GIT_ERROR_NET:
    case GIT_ERROR_HTTP:
    case GIT_ERROR_SSH:
    case GIT_ERROR_SSL:
      return ErrorKind::kUnavailable;
    case GIT_ERROR_NOMEMORY:
      return ErrorKind::kUnavailable;
    case GIT_ERROR_OS:
    case GIT_ERROR_FILESYSTEM:
      return Error::FromErrno("", errno).kind();
    default:
      return ErrorKind::kInvalid;
  }
}

bool IsDamage(int code, int error_class) {
  if (code == GIT_EAUTH || code == GIT_EUSER || code == GIT_EAMBIGUOUS) {
    return false;
  }
  switch (error_class) {
    case GIT_ERROR_ODB:
    case GIT_ERROR_ZLIB:
    case GIT_ERROR_OBJECT:
    case GIT_ERROR_TREE:
    case GIT_ERROR_TAG:
    case GIT_ERROR_REPOSITORY:
    case GIT_ERROR_REFERENCE:
    case GIT_ERROR_INDEXER:
      return true;
    default:
      return false;
  }
}

void Set(int code) { Check(code, "set up the git library"); }

// A hash other than SHA-1, or references in another form than files: libgit2 would take such a
// repository for a broken one.
void CheckFormat(const std::filesystem::path& git_dir, git_repository* repository) {
  const auto file = std::filesystem::path(git_repository_commondir(repository)) / "config";
  ConfigPtr config;
  if (Take(config, [&](auto** out) { return git_config_open_ondisk(out, file.c_str()); }) < 0) {
    return;
  }
  for (const auto& [key, usual] : {std::pair{"extensions.objectformat", "sha1"},
                                   std::pair{"extensions.refstorage", "files"}}) {
    git_buf value = GIT_BUF_INIT;
    if (git_config_get_string_buf(&value, config.get(), key) == 0 &&
        std::string_view(value.ptr, value.size) != usual) {
      const std::string text = base::ForMessage(std::string_view(value.ptr, value.size));
      git_buf_dispose(&value);
      throw Error(ErrorKind::kUnsupported, "repository " + git_dir.string() + " has " + key +
                                               " = " + text + "; only " + usual + " is supported");
    }
    git_buf_dispose(&value);
  }
}

}  // namespace

GitLibrary::GitLibrary(const std::filesystem::path& home) {
  Set(git_libgit2_init());
  for (const int level : {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                          GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL}) {
    // ssh finds its known hosts by the global level's directory; it holds nothing else.
    const std::string path = level == GIT_CONFIG_LEVEL_GLOBAL ? home.string() : std::string();
    Set(git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path.c_str()));
  }
  Set(git_libgit2_opts(GIT_OPT_SET_TEMPLATE_PATH, ""));
  Set(git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0));
  Set(git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1));
}

GitLibrary::~GitLibrary() { git_libgit2_shutdown(); }

void Check(int code, std::string_view what) {
  if (code >= 0) {
    return;
  }
  const git_error* last = git_error_last();
  const int error_class = last != nullptr ? last->klass : GIT_ERROR_NONE;
  const std::string text = last != nullptr && last->message != nullptr
                               ? base::ForMessage(last->message)
                               : "error " + std::to_string(code);
  const std::string message = std::string(what) + ": " + text;
  if (IsDamage(code, error_class)) {
    throw DamagedRepository(code == GIT_ENOTFOUND ? ErrorKind::kNotFound : ErrorKind::kInvalid,
                            message);
  }
  throw Error(KindOf(code, error_class), message);
}

RepositoryPtr OpenGitDirectory(const std::filesystem::path& git_dir) {
  RepositoryPtr repository;
  Check(
      Take(repository, [&](auto** out) { return git_repository_open_bare(out, git_dir.c_str()); }),
      "open " + git_dir.string());
  CheckFormat(git_dir, repository.get());
  ConfigPtr empty;
  Check(Take(empty, [](auto** out) { return git_config_new(out); }), "configure the repository");
  Check(git_repository_set_config(repository.get(), empty.get()), "configure the repository");
  RefuseCutObjects(repository.get());
  return repository;
}

std::string ToText(const git_oid& id) {
  char hex[GIT_OID_HEXSZ + 1];
  return git_oid_tostr(hex, sizeof(hex), &id);
}

git_oid ToId(std::string_view hex) {
  git_oid id;
  if (!IsObjectId(hex) || git_oid_fromstr(&id, std::string(hex).c_str()) < 0) {
    throw Error(ErrorKind::kInvalid, "\"" + base::ForMessage(hex) + "\" is no object id");
  }
  return id;
}

}  // namespace runtime::git
