#include "runtime/git/helper/copy_objects.h"

#include <fcntl.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/files.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/handles.h"

namespace runtime::git {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;

// What a mirror may have beside the packs that the repository has now: one for each run that found
// new loose objects, and those that `git gc` has replaced.
constexpr size_t kMaxOtherPacks = 50;
constexpr uint64_t kMaxOtherBytes = 64u << 20;  // or as many as the repository's own

// Whose copy it is: a repository that is made anew at the same place is another one.
constexpr char kOriginFile[] = "copy-of";

struct PackFile {
  uint64_t size = 0;
  fs::file_time_type time;  // of its index: whoever meets an object of a pack again touches that
  bool operator==(const PackFile&) const = default;
};
using Packs = std::map<std::string, PackFile>;  // by name, "pack-HEX"

// Those that are whole: one without an index is still being written. What isn't a file is none.
Packs PacksIn(const fs::path& directory) {
  Packs packs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const fs::path index = fs::path(entry).replace_extension(".idx");
    std::error_code gone;
    if (entry.path().extension() == ".pack" && fs::is_regular_file(entry.symlink_status(gone)) &&
        fs::is_regular_file(fs::symlink_status(index, gone))) {
      const PackFile file{entry.file_size(gone), fs::last_write_time(index, gone)};
      if (!gone) {
        packs[entry.path().stem()] = file;
      }
    }
  }
  return packs;
}

uint64_t BytesOf(const Packs& packs) {
  uint64_t bytes = 0;
  for (const auto& [name, file] : packs) {
    bytes += file.size;
  }
  return bytes;
}

std::string IdentityOf(const fs::path& directory) {
  struct statx st;
  if (::statx(AT_FDCWD, directory.c_str(), 0, STATX_INO | STATX_BTIME, &st) != 0) {
    throw Error::FromErrno("look at " + directory.string());
  }
  return std::to_string(st.stx_ino) + " " + std::to_string(st.stx_btime.tv_sec) + " " +
         std::to_string(st.stx_btime.tv_nsec) + "\n";
}

// Begins anew where the mirror is of another repository, or has grown out of proportion.
void KeepSmall(Mirror& mirror, const Packs& own, const std::string& origin) {
  Packs others = PacksIn(mirror.packs());
  for (const auto& [name, file] : own) {
    others.erase(name);
  }
  const fs::path origin_file = mirror.packs().parent_path() / kOriginFile;
  if (base::ReadFileIfExists(origin_file) != origin || others.size() > kMaxOtherPacks ||
      BytesOf(others) > std::max(BytesOf(own), kMaxOtherBytes)) {
    mirror.Remake();
    base::WriteFileAtomically(origin_file, origin, base::Durability::kNoFlush, 0644);
  }
}

// Into a directory of the mirror, where it is never seen half written. False when `git gc` has
// removed it meanwhile.
bool CopyFile(const fs::path& from, const fs::path& to) {
  const fs::path draft = to.parent_path().parent_path() / "incoming";
  fs::remove(draft);  // a leftover may not be writable
  std::error_code error;
  const auto time = fs::last_write_time(from, error);
  if (!error) {
    fs::copy_file(from, draft, error);
  }
  if (error == std::errc::no_such_file_or_directory) {
    return false;
  }
  if (error) {
    throw Error(ErrorKind::kUnavailable, "copy " + from.string() + ": " + error.message());
  }
  fs::permissions(draft, fs::perms(0444));
  fs::last_write_time(draft, time);
  fs::rename(draft, to);
  return true;
}

// True when all packs that the repository has were there to be copied.
bool CopyPacks(const fs::path& from, const Packs& own, const Mirror& mirror) {
  const Packs there = PacksIn(mirror.packs());
  for (const auto& [name, file] : own) {
    const auto found = there.find(name);
    if (found != there.end() && found->second == file) {
      continue;
    }
    // The index last: without it a pack is none.
    if (!CopyFile(from / (name + ".pack"), mirror.packs() / (name + ".pack")) ||
        !CopyFile(from / (name + ".idx"), mirror.packs() / (name + ".idx"))) {
      return false;
    }
  }
  return true;
}

struct LooseIds {
  git_odb* known;
  uint64_t max;
  std::vector<git_oid> ids;
};

// The ids of the loose objects that `known` hasn't got.
std::vector<git_oid> LooseObjects(const fs::path& objects, git_odb* known, uint64_t max) {
  OdbPtr loose;
  Check(Take(loose, [](auto** out) { return git_odb_new(out); }), "look for loose objects");
  git_odb_backend* backend = nullptr;
  Check(git_odb_backend_loose(&backend, objects.c_str(), -1, 0, 0, 0), "look for loose objects");
  Check(git_odb_add_backend(loose.get(), backend, 1), "look for loose objects");
  LooseIds found{.known = known, .max = max, .ids = {}};
  const int code = git_odb_foreach(
      loose.get(),
      [](const git_oid* id, void* payload) {
        auto& all = *static_cast<LooseIds*>(payload);
        if (git_odb_exists(all.known, id) == 0) {
          all.ids.push_back(*id);
        }
        return all.ids.size() > all.max ? GIT_EUSER : 0;
      },
      &found);
  if (code == GIT_EUSER) {
    throw Error(ErrorKind::kInvalid, "the repository has more than " + std::to_string(max) +
                                         " objects outside of packs");
  }
  Check(code, "look for loose objects");
  return std::move(found.ids);
}

// By default ten objects of up to 512 MiB are compared at a time. libgit2 (1.5) takes the size of
// its cache as well for the one from which on objects aren't compared.
void BoundMemory(git_repository* repository, const fs::path& file) {
  fs::remove(file);  // Nothing of an earlier run counts.
  ConfigPtr config;
  Check(Take(config, [&](auto** out) { return git_config_open_ondisk(out, file.c_str()); }),
        "bound the memory");
  for (const char* key : {"pack.deltaCacheSize", "pack.windowMemory"}) {
    Check(git_config_set_int64(config.get(), key, 16 << 20), "bound the memory");
  }
  Check(git_repository_set_config(repository, config.get()), "bound the memory");
}

void PackLoose(git_repository* from, const Mirror& mirror, const CheckoutLimits& limits,
               const ProgressLine& progress) {
  // The mirror once more: what is added to this one isn't in the mirror.
  const fs::path mirrored = mirror.packs().parent_path();
  const RepositoryPtr packing = OpenGitDirectory(mirrored.parent_path());
  OdbPtr odb;
  OdbPtr known;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, from); }),
        "open the object database");
  Check(Take(known, [&](auto** out) { return git_repository_odb(out, packing.get()); }),
        "open the mirror");
  const fs::path objects = fs::path(git_repository_commondir(from)) / "objects";
  const std::vector<git_oid> ids = LooseObjects(objects, known.get(), limits.objects);
  // In the name of the mirror, whose settings are ours.
  BoundMemory(packing.get(), mirrored / "packing");
  Check(git_odb_add_disk_alternate(known.get(), objects.c_str()), "open the object database");
  PackBuilderPtr pack;
  Check(Take(pack, [&](auto** out) { return git_packbuilder_new(out, packing.get()); }),
        "make a pack");
  for (const git_oid& id : ids) {
    OdbObjectPtr object;
    if (Take(object, [&](auto** out) { return git_odb_read(out, odb.get(), &id); }) < 0) {
      progress("the object " + ToText(id) + " of the repository is damaged: it is left out");
      continue;
    }
    Check(git_packbuilder_insert(pack.get(), &id, nullptr), "pack an object");
  }
  if (git_packbuilder_object_count(pack.get()) > 0) {
    Check(git_packbuilder_write(pack.get(), mirror.packs().c_str(), 0444, nullptr, nullptr),
          "write the pack");
  }
}

void CheckSize(const Packs& packs, const CheckoutLimits& limits) {
  if (BytesOf(packs) > limits.pack_bytes) {
    throw Error(ErrorKind::kInvalid, "the repository's packs are larger than " +
                                         std::to_string(limits.pack_bytes) +
                                         " bytes; give `clone` a `depth`");
  }
}

fs::path PacksOf(git_repository* repository) {
  return fs::path(git_repository_commondir(repository)) / "objects" / "pack";
}

}  // namespace

uint64_t BytesToCopy(git_repository* from, const fs::path& mirror) {
  const Packs there = PacksIn(mirror / "objects" / "pack");
  Packs missing = PacksIn(PacksOf(from));
  std::erase_if(missing, [&](const auto& pack) { return there.contains(pack.first); });
  uint64_t bytes = BytesOf(missing);
  std::error_code error;
  for (const auto& directory : fs::directory_iterator(PacksOf(from).parent_path(), error)) {
    if (directory.path().filename().native().size() == 2) {  // the first two digits of an id
      for (const auto& entry : fs::directory_iterator(directory, error)) {
        std::error_code gone;
        const uint64_t size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
        bytes += gone ? 0 : size;
      }
    }
  }
  return bytes;
}

void CopyObjects(git_repository* from, Mirror& mirror, const CheckoutLimits& limits,
                 const ProgressLine& progress) {
  constexpr int kTries = 5;
  const std::string origin = IdentityOf(git_repository_commondir(from));
  // `git gc` packs anew what it then removes: what isn't there any more is in another pack by then.
  for (int i = 0; i < kTries; ++i) {
    const Packs own = PacksIn(PacksOf(from));
    CheckSize(own, limits);
    KeepSmall(mirror, own, origin);
    if (!CopyPacks(PacksOf(from), own, mirror)) {
      continue;
    }
    PackLoose(from, mirror, limits, progress);
    if (PacksIn(PacksOf(from)) == own) {
      return;
    }
  }
  throw Error(ErrorKind::kUnavailable,
              "the repository is being packed anew all the time (git gc?); try again");
}

}  // namespace runtime::git
