// Extended attributes (xattr(7)) that a layer may carry, and the marks that overlayfs reads.
#pragma once

#include <sys/stat.h>

#include <string_view>
#include <vector>

#include "runtime/layer/tar_entry.h"

namespace runtime::layer {

// Where overlayfs keeps its marks: "trusted.overlay.", or "user.overlay." in a user namespace,
// which has no trusted.* (Documentation/filesystems/overlayfs.rst, "userxattr").
const char* OverlayPrefix();

// In a layer: the entry of that name in lower layers is hidden (the same, "whiteouts").
inline bool IsWhiteout(const struct stat& st) { return S_ISCHR(st.st_mode) && st.st_rdev == 0; }

// user.* and security.capability travel with files. The names that overlayfs acts upon when it is
// mounted with "userxattr" don't.
bool IsKept(std::string_view attribute);

// The kept attributes of an open file or directory, sorted by name. Throws Error; a file system
// without attributes has none.
std::vector<Attribute> ReadAttributes(int fd, std::string_view name);

void SetAttribute(int fd, const Attribute& attribute, std::string_view name);

bool IsOpaque(int directory);
void MakeOpaque(int directory, std::string_view name);

}  // namespace runtime::layer
