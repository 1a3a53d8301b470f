#include "runtime/layer/attributes.h"

#include <sys/xattr.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/rootless.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
using base::Error;
namespace {

// On a directory of a layer: nothing of lower layers shows through (overlayfs.rst, "whiteouts and
// opaque directories").
std::string OpaqueAttribute() { return std::string(OverlayPrefix()) + "opaque"; }

// A list or value may grow between two calls: ask again until it fits.
template <typename Call>
std::string ReadGrowing(Call call) {
  std::string buffer(256, '\0');
  while (true) {
    const ssize_t n = call(buffer.data(), buffer.size());
    if (n >= 0) {
      buffer.resize(static_cast<size_t>(n));
      return buffer;
    }
    if (errno == ENOTSUP || errno == ENODATA) {
      return {};
    }
    if (errno != ERANGE || buffer.size() >= (1u << 20)) {
      throw Error::FromErrno("read extended attributes");
    }
    buffer.resize(buffer.size() * 8);
  }
}

}  // namespace

bool IsKept(std::string_view attribute) {
  return attribute == "security.capability" ||
         (attribute.starts_with("user.") && !attribute.starts_with("user.overlay."));
}

std::vector<Attribute> ReadAttributes(int fd, std::string_view name) {
  return base::WithContext(base::ForMessage(name), [&] {
    std::vector<Attribute> attributes;
    const std::string names =
        ReadGrowing([&](char* buffer, size_t size) { return ::flistxattr(fd, buffer, size); });
    for (size_t begin = 0; begin < names.size();) {
      const std::string attribute = names.c_str() + begin;
      begin += attribute.size() + 1;
      if (IsKept(attribute)) {
        attributes.push_back({attribute, ReadGrowing([&](char* buffer, size_t size) {
                                return ::fgetxattr(fd, attribute.c_str(), buffer, size);
                              })});
      }
    }
    std::sort(attributes.begin(), attributes.end(),
              [](const Attribute& a, const Attribute& b) { return a.name < b.name; });
    return attributes;
  });
}

void SetAttribute(int fd, const Attribute& attribute, std::string_view name) {
  if (::fsetxattr(fd, attribute.name.c_str(), attribute.value.data(), attribute.value.size(), 0) !=
      0) {
    throw Error::FromErrno(base::ForMessage(name) + ": set the extended attribute " +
                           base::ForMessage(attribute.name) + " of " +
                           std::to_string(attribute.value.size()) + " bytes");
  }
}

const char* OverlayPrefix() {
  // Asked for every file of a tree; a process changes its namespace at its start alone.
  static const bool initial = base::InInitialUserNamespace();
  return initial ? "trusted.overlay." : "user.overlay.";
}

bool IsOpaque(int directory) {
  char value = '\0';
  return ::fgetxattr(directory, OpaqueAttribute().c_str(), &value, 1) == 1 && value == 'y';
}

void MakeOpaque(int directory, std::string_view name) {
  SetAttribute(directory, {OpaqueAttribute(), "y"}, name);
}

}  // namespace runtime::layer
