// What files of a repository say that are read outside the git container's libgit2: attributes,
// configuration, pointers of Git LFS. The first line is the path that the attributes are asked for.
#include <cstdint>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/git/attribute_rules.h"
#include "runtime/git/config_text.h"
#include "runtime/git/lfs_pointer.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace runtime::git;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line = text.find('\n');
  try {
    AttributeRules rules;
    rules.Add("", text);
    rules.Add("dir/", text);
    rules.FilterOf(text.substr(0, line));
  } catch (const runtime::base::Error&) {
  }
  ForEachConfigValue(text, [](const ConfigValue&) {});
  ParseLfsPointer(text);
  return 0;
}
