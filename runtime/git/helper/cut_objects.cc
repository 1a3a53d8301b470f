#include "runtime/git/helper/cut_objects.h"

#include <fcntl.h>
#include <git2/sys/odb_backend.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>

#include "runtime/base/fd.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/handles.h"

namespace runtime::git {
namespace {

// That of the packs, which were added before and so are asked first, and above that of the loose
// objects (libgit2's odb.c).
constexpr int kPriority = 2;

// Whether the stream ends before its file does. What else is wrong with it libgit2 finds itself.
bool IsWhole(int file) {
  std::array<unsigned char, 64 << 10> in;
  std::array<unsigned char, 64 << 10> out;
  z_stream stream = {};
  if (::inflateInit(&stream) != Z_OK) {
    return true;
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, &::inflateEnd);
  ssize_t n = 0;
  while ((n = ::read(file, in.data(), in.size())) > 0 || (n < 0 && errno == EINTR)) {
    stream.next_in = in.data();
    stream.avail_in = static_cast<unsigned>(n < 0 ? 0 : n);
    do {
      stream.next_out = out.data();
      stream.avail_out = out.size();
      const int code = ::inflate(&stream, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_BUF_ERROR) {
        return true;
      }
    } while (stream.avail_out == 0);
  }
  return false;
}

struct CutObjects {
  git_odb_backend backend = {};  // first: libgit2 knows the whole by its address
  std::filesystem::path objects;
};

int Read(void**, size_t*, git_object_t*, git_odb_backend* backend, const git_oid* id) {
  const auto& self = *reinterpret_cast<const CutObjects*>(backend);
  const std::string hex = ToText(*id);
  const std::filesystem::path path = self.objects / hex.substr(0, 2) / hex.substr(2);
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file || IsWhole(file.get())) {
    return GIT_PASSTHROUGH;
  }
  git_error_set_str(GIT_ERROR_ODB, ("the object " + hex + " is cut short").c_str());
  return GIT_ERROR;
}

void Free(git_odb_backend* backend) { delete reinterpret_cast<CutObjects*>(backend); }

}  // namespace

void RefuseCutObjects(git_repository* repository) {
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository); }),
        "open the objects of the repository");
  auto guard = std::make_unique<CutObjects>();
  Check(git_odb_init_backend(&guard->backend, GIT_ODB_BACKEND_VERSION), "guard the objects");
  guard->objects = std::filesystem::path(git_repository_commondir(repository)) / "objects";
  guard->backend.read = &Read;
  guard->backend.free = &Free;
  Check(git_odb_add_backend(odb.get(), &guard->backend, kPriority), "guard the objects");
  guard.release();  // the database's now
}

}  // namespace runtime::git
