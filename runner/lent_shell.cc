#include "runner/lent_shell.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

#include "runtime/base/beneath.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/layer/view.h"

namespace runner {
namespace base = runtime::base;
namespace {

constexpr char kLent[] = "lent";

// elf(5): a program without an interpreter needs nothing of its image.
bool IsStatic(std::string_view program) {
  Elf64_Ehdr header;
  if (program.size() < sizeof header) {
    return false;
  }
  std::memcpy(&header, program.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
      header.e_phoff + uint64_t{header.e_phnum} * sizeof(Elf64_Phdr) > program.size()) {
    return false;
  }
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part;
    std::memcpy(&part, program.data() + header.e_phoff + i * sizeof part, sizeof part);
    if (part.p_type == PT_INTERP) {
      return false;
    }
  }
  return true;
}

std::string ReadBusybox() {
  constexpr size_t kMaxBytes = 16u << 20;
  std::string program;
  for (const char* path : {"/bin/busybox", "/usr/bin/busybox", "/bin/busybox.static"}) {
    if (std::filesystem::exists(path)) {
      program = base::ReadFile(path, kMaxBytes);
      if (IsStatic(program)) {
        return program;
      }
    }
  }
  throw base::Error(base::ErrorKind::kNotFound,
                    "no static busybox on this host to lend: install it (apt install "
                    "busybox-static), or give the image a shell");
}

void WriteFile(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  const base::UniqueFd file = base::OpenFile(path, O_WRONLY | O_CREAT | O_EXCL);
  base::WriteAll(file.get(), content, path.string());
  if (::fchmod(file.get(), mode) != 0) {
    throw base::Error::FromErrno("lend " + path.string());
  }
}

}  // namespace

std::string FindShell(const runtime::layer::Snapshot& rootfs) {
  const base::UniqueFd view = runtime::layer::OpenView(rootfs);
  for (const char* path : {"/bin/bash", "/bin/sh"}) {
    try {
      const base::UniqueFd shell =
          base::OpenBeneath(view.get(), path, O_PATH, base::Links::kInRoot);
      struct stat st;
      if (::fstat(shell.get(), &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 0111) != 0) {
        return path;
      }
    } catch (const base::Error&) {
      // Not this one.
    }
  }
  return "";
}

std::string LendBusybox(const runtime::container::ContainerDirectory& directory,
                        runtime::container::ContainerSpec& spec) {
  const std::filesystem::path lent = directory.path() / kLent;
  const std::string busybox = ReadBusybox();
  base::MakeDirectories(lent, 0755);
  WriteFile(lent / "busybox", busybox, 0555);
  spec.binds.push_back({.source = lent, .target = kLentTarget, .read_only = true});
  return std::string(kLentTarget).append("/busybox");
}

std::string LendFile(const runtime::container::ContainerDirectory& directory, std::string_view name,
                     std::string_view content) {
  WriteFile(directory.path() / kLent / name, content, 0444);
  return std::string(kLentTarget).append("/").append(name);
}

}  // namespace runner
