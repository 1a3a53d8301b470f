#include "runtime/git/lfs_files.h"

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/stop.h"
#include "runtime/base/terminal_text.h"
#include "runtime/base/units.h"
#include "runtime/git/attribute_rules.h"
#include "runtime/git/config_text.h"
#include "runtime/layer/tree_walk.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;
using base::ForMessage;
using layer::TreeWalk;

constexpr size_t kMaxAttributes = 1u << 20;  // of all .gitattributes files
constexpr size_t kMaxLfsConfig = 64u << 10;

std::string ReadEntry(const TreeWalk::Entry& entry, size_t max_bytes) {
  return base::ReadAll(layer::OpenRegularFile(entry.parent, entry.name).get(),
                       ForMessage(entry.path), max_bytes);
}

// `lfs.url` before that of the remote, as git-lfs-config(5) has it.
std::string ServerOf(std::string_view config) {
  std::string url;
  std::string of_remote;
  ForEachConfigValue(config, [&](const ConfigValue& found) {
    if (found.section == "lfs" && found.subsection.empty() && found.key == "url") {
      url = found.value;
    } else if (found.section == "remote" && found.subsection == "origin" && found.key == "lfsurl") {
      of_remote = found.value;
    }
  });
  return url.empty() ? of_remote : url;
}

class PointerSearch {
 public:
  PointerSearch(const std::vector<std::filesystem::path>& tree, const CheckoutLimits& limits,
                const std::stop_token& stop)
      : stack_(tree), limits_(limits), stop_(stop) {}

  LfsFiles Run() {
    size_t attributes = 0;
    ForEachFile([&](const TreeWalk::Entry& entry) {
      if (entry.name == ".gitattributes") {
        const std::string text = ReadEntry(entry, kMaxAttributes - attributes);
        attributes += text.size();
        rules_.Add(entry.path.substr(0, entry.path.size() - entry.name.size()), text);
      } else if (entry.path == ".lfsconfig") {
        found_.server = ServerOf(ReadEntry(entry, kMaxLfsConfig));
      }
    });
    if (rules_.mentions_filter()) {
      ForEachFile([&](const TreeWalk::Entry& entry) { Look(entry); });
    }
    return std::move(found_);
  }

 private:
  template <typename F>
  void ForEachFile(F&& look) {
    TreeWalk walk(stack_.descriptors());
    for (TreeWalk::Entry entry; walk.Next(entry);) {
      base::ThrowIfStopped(stop_);
      if (S_ISREG(entry.st.st_mode)) {
        look(entry);
      }
    }
  }

  void Look(const TreeWalk::Entry& entry) {
    const auto size = static_cast<uint64_t>(entry.st.st_size);
    total_ += size;
    if (size >= kLfsPointerLimit || rules_.FilterOf(entry.path) != "lfs") {
      return;
    }
    const auto pointer = ParseLfsPointer(ReadEntry(entry, kLfsPointerLimit));
    if (!pointer) {
      return;
    }
    const std::string path = ForMessage(entry.path.substr(0, 500));
    if (pointer->has_extensions) {
      throw Error(ErrorKind::kUnsupported,
                  path +
                      " is a Git LFS pointer with extensions: programs that changed its content "
                      "before it was stored, which are never run here");
    }
    if (pointer->size > limits_.file_bytes) {
      throw Error(ErrorKind::kInvalid, path + " has " + base::FormatSize(pointer->size) +
                                           " in Git LFS, more than the limit of " +
                                           base::FormatSize(limits_.file_bytes) + " for one file");
    }
    total_ += pointer->size;
    if (total_ > limits_.total_bytes) {
      throw Error(ErrorKind::kInvalid, "the checkout has more than the limit of " +
                                           base::FormatSize(limits_.total_bytes) +
                                           " with its files of Git LFS (reached at " + path + ")");
    }
    found_.files.push_back({entry.path, *pointer, (entry.st.st_mode & 0100) != 0});
  }

  const layer::OpenedStack stack_;
  const CheckoutLimits& limits_;
  const std::stop_token& stop_;
  AttributeRules rules_;
  uint64_t total_ = 0;
  LfsFiles found_;
};

}  // namespace

LfsFiles FindLfsFiles(const std::vector<std::filesystem::path>& tree, const CheckoutLimits& limits,
                      const std::stop_token& stop) {
  return PointerSearch(tree, limits, stop).Run();
}

}  // namespace runtime::git
