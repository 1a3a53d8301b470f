#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "runtime/base/beneath.h"
#include "runtime/base/files.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/lfs_fetch.h"
#include "runtime/git/helper/lfs_object_file.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::UniqueFd;

constexpr size_t kCopiedAtOnce = 256u << 10;

// Where git-lfs keeps them: objects/ab/cd/OID. Nothing for one that isn't there, or is no file.
UniqueFd OpenStored(int git_dir, const LfsObject& object) {
  const fs::path path =
      fs::path("lfs/objects") / object.oid.substr(0, 2) / object.oid.substr(2, 2) / object.oid;
  try {
    UniqueFd file = base::OpenBeneath(git_dir, path, O_RDONLY | O_NONBLOCK, base::Links::kNoLinks);
    struct stat status {};
    const bool fits = ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                      static_cast<uint64_t>(status.st_size) == object.size;
    return fits ? std::move(file) : UniqueFd();
  } catch (const Error&) {
    return UniqueFd();
  }
}

bool CopyStored(int git_dir, const LfsObject& object, const fs::path& out,
                const ProgressLine& progress) {
  const UniqueFd source = OpenStored(git_dir, object);
  if (!source) {
    return false;
  }
  LfsObjectFile file(out, object);
  std::vector<char> buffer(kCopiedAtOnce);
  for (ssize_t count = 0; (count = ::read(source.get(), buffer.data(), buffer.size())) != 0;) {
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw Error::FromErrno("read the Git LFS object of " + object.file);
    }
    file.Write({buffer.data(), static_cast<size_t>(count)});
  }
  try {
    file.Finish();
  } catch (const Error& e) {
    progress("the Git LFS object of " + object.file + " is damaged in the repository: " + e.what());
    return false;
  }
  return true;
}

std::string ValueIn(git_config* config, const char* key) {
  git_buf value = GIT_BUF_INIT;
  std::string text;
  if (git_config_get_string_buf(&value, config, key) == 0) {
    text.assign(value.ptr, value.size);
  }
  git_buf_dispose(&value);
  return text;
}

void AddConfiguration(const fs::path& git_dir, LfsAnswer& answer) {
  ConfigPtr config;
  const std::string file = git_dir / "config";
  if (Take(config, [&](auto** out) { return git_config_open_ondisk(out, file.c_str()); }) < 0) {
    return;
  }
  answer.origin = ValueIn(config.get(), "remote.origin.url");
  answer.server = ValueIn(config.get(), "lfs.url");
  if (answer.server.empty()) {
    answer.server = ValueIn(config.get(), "remote.origin.lfsurl");
  }
}

}  // namespace

LfsAnswer BringLfsObjects(const HelperRequest& request, const fs::path& out,
                          const ProgressLine& progress) {
  if (request.git_dir.empty()) {
    if (!request.certificates.empty()) {
      ::setenv("SSL_CERT_FILE", request.certificates.c_str(), 1);
    }
    FetchLfsObjects(request, *base::MakeStaticHttpTransport(), base::Clock(), out, progress);
    return {};
  }
  const RepositoryPtr repository = OpenGitDirectory(request.git_dir);
  const fs::path common = git_repository_commondir(repository.get());
  const UniqueFd directory = base::OpenDirectory(common);
  LfsAnswer answer;
  for (const LfsObject& object : request.lfs->objects) {
    if (!CopyStored(directory.get(), object, out, progress)) {
      answer.missing.push_back(object.oid);
    }
  }
  AddConfiguration(common, answer);
  return answer;
}

}  // namespace runtime::git
