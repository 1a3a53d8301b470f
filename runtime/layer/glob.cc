#include "runtime/layer/glob.h"

#include <algorithm>
#include <utility>

#include "runtime/base/error.h"
#include "runtime/base/glob.h"
#include "runtime/base/terminal_text.h"

namespace runtime::layer {
namespace {

constexpr size_t kMaxGlob = 4096;
constexpr size_t kMaxParts = 128;
constexpr size_t kMaxGlobs = 1000;
constexpr std::string_view kAnyDirectories = "**";

using Glob = std::vector<std::string>;  // its parts

Glob ParseGlob(const std::string& text) {
  const auto refuse = [&](const char* why) {
    throw base::Error(base::ErrorKind::kUsage,
                      "glob \"" + base::ForMessage(text.substr(0, 200)) + "\": " + why);
  };
  if (text.size() > kMaxGlob) {
    refuse("longer than 4096 bytes");
  }
  if (text.starts_with('/')) {
    refuse("must be relative");
  }
  Glob parts;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('/', begin), text.size());
    std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    if (part == "..") {
      refuse("\"..\" is refused");
    }
    const bool again = part == kAnyDirectories && !parts.empty() && parts.back() == part;
    if (!part.empty() && part != "." && !again) {
      parts.push_back(std::move(part));
    }
  }
  if (parts.empty()) {
    refuse("names nothing");
  }
  if (parts.size() > kMaxParts) {
    refuse("more than 128 parts");
  }
  return parts;
}

// Where a path that was matched so far stands in each glob: the parts that may come next, as sorted
// indices. The size of the glob means that it matched whole.
using Positions = std::vector<size_t>;

void AddPosition(const Glob& glob, size_t position, Positions& positions) {
  positions.push_back(position);
  if (position < glob.size() && glob[position] == kAnyDirectories) {
    AddPosition(glob, position + 1, positions);
  }
}

Positions Step(const Glob& glob, const Positions& positions, const std::string& name) {
  Positions next;
  for (const size_t position : positions) {
    if (position == glob.size()) {
      continue;
    }
    if (glob[position] == kAnyDirectories) {
      AddPosition(glob, position, next);
    } else if (base::GlobMatches(glob[position], name)) {
      AddPosition(glob, position + 1, next);
    }
  }
  std::sort(next.begin(), next.end());
  next.erase(std::unique(next.begin(), next.end()), next.end());
  return next;
}

// For one directory level: the positions in every glob, or that all below is wanted.
struct Level {
  std::vector<Positions> positions;
  bool whole = false;
};

Level StepAll(const std::vector<Glob>& globs, const Level& level, const std::string& name) {
  Level next;
  next.whole = level.whole;
  for (size_t i = 0; i < globs.size() && !next.whole; ++i) {
    next.positions.push_back(Step(globs[i], level.positions[i], name));
    const Positions& reached = next.positions.back();
    next.whole = !reached.empty() && reached.back() == globs[i].size();
  }
  return next;
}

bool IsDead(const Level& level) {
  return !level.whole && std::all_of(level.positions.begin(), level.positions.end(),
                                     [](const Positions& p) { return p.empty(); });
}

}  // namespace

std::vector<std::string> FindFiles(int root, const std::vector<std::string>& globs,
                                   const TreeLimits& limits) {
  if (globs.size() > kMaxGlobs) {
    throw base::Error(base::ErrorKind::kUsage, "more than 1000 globs");
  }
  std::vector<Glob> parsed;
  Level start;
  for (const std::string& text : globs) {
    parsed.push_back(ParseGlob(text));
    AddPosition(parsed.back(), 0, start.positions.emplace_back());
  }
  std::vector<Level> levels;  // of the directories that lead to the current entry
  levels.push_back(std::move(start));
  std::vector<std::string> files;
  TreeWalk walk(root, limits);
  for (TreeWalk::Entry entry; walk.Next(entry);) {
    const auto depth =
        static_cast<size_t>(std::count(entry.path.begin(), entry.path.end(), '/')) + 1;
    levels.resize(depth);
    Level level = StepAll(parsed, levels.back(), entry.name);
    if (entry.is_directory()) {
      if (IsDead(level)) {
        walk.SkipContent();
      } else {
        levels.push_back(std::move(level));
      }
    } else if (S_ISREG(entry.st.st_mode) && level.whole) {
      files.push_back(entry.path);
    }
  }
  return files;
}

}  // namespace runtime::layer
