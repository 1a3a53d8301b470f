#include "runtime/git/helper/mirror.h"

#include <algorithm>

#include "runtime/base/files.h"
#include "runtime/git/helper/ancestry.h"
#include "runtime/git/helper/git_library.h"
#include "runtime/git/helper/object_hash.h"

namespace runtime::git {
namespace {

size_t CountPacks(const std::filesystem::path& directory) {
  std::error_code error;
  const std::filesystem::directory_iterator packs(directory / "objects" / "pack", error);
  return error ? 0
               : static_cast<size_t>(std::count_if(begin(packs), end(packs), [](const auto& entry) {
                   return entry.path().extension() == ".pack";
                 }));
}

}  // namespace

Mirror::Mirror(std::filesystem::path directory, size_t max_packs)
    : directory_(std::move(directory)) {
  if (!Open(max_packs)) {
    Remake();
  }
}

bool Mirror::Open(size_t max_packs) {
  if (CountPacks(directory_) > max_packs) {
    return false;
  }
  try {
    repository_ = OpenGitDirectory(directory_);
    return true;
  } catch (const base::Error&) {
    return false;  // Whatever it is, a new one has it not.
  }
}

void Mirror::Remake() {
  repository_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().filename() != Ancestry::kFile) {
      base::RemoveTree(entry.path());
    }
  }
  git_repository_init_options options;
  Check(git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION),
        "make the mirror");
  options.flags = GIT_REPOSITORY_INIT_BARE;
  RepositoryPtr made;
  Check(
      Take(made,
           [&](auto** out) { return git_repository_init_ext(out, directory_.c_str(), &options); }),
      "make the mirror");
  repository_ = OpenGitDirectory(directory_);
  fresh_ = true;
}

void Mirror::Remember(const std::string& remote_name, const git_oid& id) {
  const std::string name = "refs/have/" + ToText(ObjectHash::Of("ref", remote_name));
  ReferencePtr reference;
  Check(Take(reference,
             [&](auto** out) {
               return git_reference_create(out, repository_.get(), name.c_str(), &id,
                                           /*force=*/1, nullptr);
             }),
        "remember what was fetched");
}

}  // namespace runtime::git
