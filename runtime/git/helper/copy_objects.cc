#include "runtime/git/helper/copy_objects.h"

#include <git2/sys/odb_backend.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

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

using PackSizes = std::map<std::string, uint64_t>;  // by name, "pack-HEX"

PackSizes PacksIn(const fs::path& directory) {
  PackSizes packs;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    // One without an index is still being written.
    if (entry.path().extension() == ".pack" &&
        fs::exists(fs::path(entry).replace_extension(".idx"))) {
      packs[entry.path().stem()] = entry.file_size();
    }
  }
  return packs;
}

uint64_t BytesOf(const PackSizes& packs) {
  uint64_t bytes = 0;
  for (const auto& [name, size] : packs) {
    bytes += size;
  }
  return bytes;
}

void KeepSmall(Mirror& mirror, const PackSizes& own) {
  PackSizes others = PacksIn(mirror.packs());
  for (const auto& [name, size] : own) {
    others.erase(name);
  }
  if (others.size() > kMaxOtherPacks || BytesOf(others) > std::max(BytesOf(own), kMaxOtherBytes)) {
    mirror.Remake();
  }
}

// Into a directory of the mirror, where it is never seen half written. False when `git gc` has
// removed it meanwhile: then the objects are in another one, or loose.
bool CopyFile(const fs::path& from, const fs::path& to) {
  const fs::path draft = to.parent_path().parent_path() / "incoming";
  std::error_code error;
  fs::copy_file(from, draft, fs::copy_options::overwrite_existing, error);
  if (error == std::errc::no_such_file_or_directory) {
    return false;
  }
  if (error) {
    throw Error(ErrorKind::kInternal, "copy " + from.string() + ": " + error.message());
  }
  fs::permissions(draft, fs::perms(0444));
  fs::rename(draft, to);
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

void PackLoose(git_repository* from, const Mirror& mirror, const CheckoutLimits& limits,
               const ProgressLine& progress) {
  OdbPtr odb;
  OdbPtr known;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, from); }),
        "open the object database");
  Check(Take(known, [&](auto** out) { return git_repository_odb(out, mirror.repository()); }),
        "open the mirror");
  Check(git_odb_refresh(known.get()), "open the mirror");
  PackBuilderPtr pack;
  Check(Take(pack, [&](auto** out) { return git_packbuilder_new(out, from); }), "make a pack");
  git_packbuilder_set_threads(pack.get(), 0);  // as many as there are cores
  const fs::path objects = fs::path(git_repository_commondir(from)) / "objects";
  for (const git_oid& id : LooseObjects(objects, known.get(), limits.objects)) {
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

}  // namespace

void CopyObjects(git_repository* from, Mirror& mirror, const CheckoutLimits& limits,
                 const ProgressLine& progress) {
  const fs::path packs = fs::path(git_repository_commondir(from)) / "objects" / "pack";
  const PackSizes own = PacksIn(packs);
  if (BytesOf(own) > limits.pack_bytes) {
    throw Error(ErrorKind::kInvalid, "the repository's packs are larger than " +
                                         std::to_string(limits.pack_bytes) +
                                         " bytes; give `clone` a `depth`");
  }
  KeepSmall(mirror, own);
  const PackSizes there = PacksIn(mirror.packs());
  for (const auto& [name, size] : own) {
    if (there.count(name) == 0 &&
        CopyFile(packs / (name + ".pack"), mirror.packs() / (name + ".pack"))) {
      CopyFile(packs / (name + ".idx"), mirror.packs() / (name + ".idx"));
    }
  }
  PackLoose(from, mirror, limits, progress);
}

}  // namespace runtime::git
