#include "runtime/base/error.h"

#include <cstring>

namespace runtime::base {
namespace {

ErrorKind KindOf(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::kNotFound;
    case EEXIST:
      return ErrorKind::kExists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::kPermission;
    case ENOSYS:
    case EOPNOTSUPP:
      return ErrorKind::kUnsupported;
    case ENOSPC:
    case EDQUOT:
      return ErrorKind::kNoSpace;
    case ECONNREFUSED:
    case ECONNRESET:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
      return ErrorKind::kUnavailable;
    default:
      return ErrorKind::kInternal;
  }
}

}  // namespace

Error Error::FromErrno(std::string_view what, int number) {
  return Error(KindOf(number), std::string(what) + ": " + std::strerror(number), number);
}

Error Error::Within(std::string_view context) const {
  return Error(kind_, std::string(context) + ": " + message_, errno_);
}

}  // namespace runtime::base
