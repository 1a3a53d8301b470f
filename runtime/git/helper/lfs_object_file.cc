#include "runtime/git/helper/lfs_object_file.h"

#include <fcntl.h>
#include <unistd.h>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runtime::git {

using base::Error;
using base::ErrorKind;

LfsObjectFile::LfsObjectFile(const std::filesystem::path& directory, const LfsObject& object)
    : object_(object),
      path_(directory / object.oid),
      part_(path_.string() + ".part"),
      file_(base::OpenFile(part_, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644)) {}

LfsObjectFile::~LfsObjectFile() {
  if (file_) {
    ::unlink(part_.c_str());
  }
}

void LfsObjectFile::Write(std::string_view data) {
  if (data.size() > object_.size - written_) {
    throw Error(ErrorKind::kInvalid,
                "more than the " + std::to_string(object_.size) + " bytes that its pointer says");
  }
  written_ += data.size();
  hash_.Update(data);
  base::WriteAll(file_.get(), data, part_.string());
}

void LfsObjectFile::Finish() {
  if (written_ != object_.size) {
    throw Error(ErrorKind::kInvalid, std::to_string(written_) + " bytes in place of the " +
                                         std::to_string(object_.size) + " that its pointer says");
  }
  if (const std::string oid = hash_.Finish().hex(); oid != object_.oid) {
    throw Error(ErrorKind::kInvalid, "another content than its pointer says (sha256 " + oid + ")");
  }
  if (::rename(part_.c_str(), path_.c_str()) != 0) {
    throw Error::FromErrno("name " + path_.string());
  }
  file_.Close();
}

}  // namespace runtime::git
