#include "runner/git_head.h"

#include <algorithm>
#include <optional>
#include <sstream>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

namespace base = runtime::base;

constexpr size_t kMaxHead = 4096;
constexpr size_t kMaxPackedRefs = 64u << 20;
constexpr std::string_view kBranches = "refs/heads/";

std::string FirstLine(const std::string& text) {
  return text.substr(0, text.find_first_of("\r\n"));
}

bool IsObjectId(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The commit of a reference in packed-refs: lines "ID NAME".
std::string PackedCommit(const std::filesystem::path& git_dir, const std::string& reference) {
  const std::optional<std::string> packed =
      base::ReadRegularFile(git_dir / "packed-refs", kMaxPackedRefs);
  std::istringstream lines(packed.value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.find(' ');
    if (space != std::string::npos && line.compare(space + 1, std::string::npos, reference) == 0) {
      return line.substr(0, space);
    }
  }
  return "";
}

}  // namespace

GitHead ReadGitHead(const runtime::git::LocalRepository& repository) {
  const std::filesystem::path head = repository.git_dir / "HEAD";
  const std::string line = FirstLine(base::ReadRegularFile(head, kMaxHead).value_or(""));
  if (IsObjectId(line)) {
    return {"", line};
  }
  const std::string reference = line.starts_with("ref: ") ? line.substr(5) : "";
  if (!reference.starts_with("refs/") || reference.find("..") != std::string::npos) {
    throw base::Error(base::ErrorKind::kInvalid,
                      head.string() + " names no branch and no commit: " + base::ForMessage(line));
  }
  const std::optional<std::string> loose =
      base::ReadRegularFile(repository.common_dir / reference, kMaxHead);
  const std::string commit =
      loose ? FirstLine(*loose) : PackedCommit(repository.common_dir, reference);
  return {reference.starts_with(kBranches) ? reference.substr(kBranches.size()) : "",
          IsObjectId(commit) ? commit : ""};
}

}  // namespace runner
