// LfsObjectFile: an object of Git LFS while it arrives. It has its name once it is whole.
#pragma once

#include <filesystem>
#include <string_view>

#include "runtime/base/digest.h"
#include "runtime/base/fd.h"
#include "runtime/git/protocol.h"

namespace runtime::git {

class LfsObjectFile {
 public:
  // Writes DIRECTORY/OID.part, which goes with this object unless Finish() gave it its name.
  LfsObjectFile(const std::filesystem::path& directory, const LfsObject& object);
  LfsObjectFile(const LfsObjectFile&) = delete;
  LfsObjectFile& operator=(const LfsObjectFile&) = delete;
  ~LfsObjectFile();

  // Throws Error, kInvalid for more than the object's size.
  void Write(std::string_view data);
  // Makes it DIRECTORY/OID. Throws Error (kInvalid) when it is shorter or has another content.
  void Finish();

 private:
  const LfsObject& object_;
  const std::filesystem::path path_;
  const std::filesystem::path part_;
  base::UniqueFd file_;
  base::Sha256 hash_;
  uint64_t written_ = 0;
};

}  // namespace runtime::git
