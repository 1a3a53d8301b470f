#include "runtime/git/helper_layer.h"

#include <sys/stat.h>

#include <string>

#include "runtime/base/digest.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::git {
namespace fs = std::filesystem;
namespace {

constexpr char kHostCertificates[] = "/etc/ssl/certs/ca-certificates.crt";

std::string Identity(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) < 0) {
    return path.string() + " missing\n";
  }
  std::string text = path.string();
  for (const auto number :
       {static_cast<int64_t>(status.st_dev), static_cast<int64_t>(status.st_ino),
        static_cast<int64_t>(status.st_size), static_cast<int64_t>(status.st_mtim.tv_sec),
        static_cast<int64_t>(status.st_mtim.tv_nsec)}) {
    text += " " + std::to_string(number);
  }
  return text + "\n";
}

void WriteFile(const fs::path& path, std::string_view content) {
  base::WriteFileAtomically(path, content, base::Durability::kFlush, 0644);
}

void FillRootLayer(const fs::path& root) {
  for (const char* name : {"etc", "mirror", "out", "history", "source", "git", "root"}) {
    base::MakeDirectories(root / name, 0755);
  }
  WriteFile(root / "etc/nsswitch.conf", "hosts: files dns\n");
}

void FillHelperLayer(const fs::path& root, const fs::path& helper) {
  // A host without it has no certificate to trust: https fails then, with the helper's message.
  WriteFile(root / fs::path(kCertificatesFile).relative_path(),
            base::ReadFileIfExists(kHostCertificates).value_or(""));
  const fs::path program = root / fs::path(kHelperProgram).relative_path();
  fs::copy_file(helper, program);
  fs::permissions(program, fs::perms(0755));
}

template <typename F>
void Ensure(const layer::LayerStore& layers, const layer::LayerId& id, F&& fill) {
  if (layers.Has(id)) {
    return;
  }
  base::WithContext("make the git container's root file system", [&] {
    base::TemporaryDirectory draft = layers.NewDraft();
    base::MakeDirectories(draft.path() / "fs", 0755);
    fill(draft.path() / "fs");
    layers.Publish(std::move(draft), id);
  });
}

}  // namespace

fs::path FindHelper() {
  const fs::path bin = fs::read_symlink("/proc/self/exe").parent_path();
  for (const fs::path& candidate :
       {bin / ".." / "libexec" / "runner" / "runner-git", bin / "runner-git"}) {
    if (fs::exists(candidate)) {
      return fs::canonical(candidate);
    }
  }
  throw base::Error(base::ErrorKind::kNotFound,
                    "the git helper runner-git is in neither libexec/runner nor " + bin.string() +
                        "; the installation isn't complete");
}

std::vector<layer::LayerId> EnsureHelperLayers(const layer::LayerStore& layers,
                                               const fs::path& helper) {
  const layer::LayerId root = "git-root-2";
  const layer::LayerId program =
      "git-helper-" +
      base::Digest::Of("2\n" + Identity(helper) + Identity(kHostCertificates)).hex().substr(0, 32);
  Ensure(layers, root, &FillRootLayer);
  Ensure(layers, program, [&](const fs::path& directory) { FillHelperLayer(directory, helper); });
  return {root, program};
}

}  // namespace runtime::git
