#include "reports/source_location.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace reports {
namespace {

constexpr size_t kMaxText = 64 << 10;
constexpr size_t kMaxPath = 512;

// Known extensions only: "example.org:8080" is no source file.
constexpr std::array<std::string_view, 63> kExtensions = {
    "adb", "bash", "bats", "c",   "cc",    "cjs",     "clj",    "cpp",   "cs",     "cts", "cxx",
    "d",   "dart", "erl",  "ex",  "exs",   "f90",     "fs",     "go",    "groovy", "h",   "hh",
    "hpp", "hs",   "hxx",  "ipp", "java",  "jl",      "js",     "jsx",   "kt",     "kts", "lua",
    "m",   "mjs",  "ml",   "mm",  "mts",   "nim",     "php",    "phpt",  "pl",     "pm",  "py",
    "pyx", "r",    "rb",   "rs",  "scala", "sh",      "svelte", "swift", "t",      "tcl", "tcc",
    "ts",  "tsx",  "vb",   "vue", "zig",   "feature", "robot",  "cu"};

constexpr std::array<std::string_view, 9> kInstalled = {
    "node_modules/", "/usr/",   "site-packages/",  "dist-packages/", "/vendor/",
    "/rustc/",       ".cargo/", "/gtest/include/", "/go/pkg/mod/"};

bool IsPathChar(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("_./\\-+@~$%#=[]").find(c) != std::string_view::npos;
}

bool HasSourceExtension(std::string_view path) {
  const size_t dot = path.rfind('.');
  if (dot == std::string_view::npos || dot == 0) {
    return false;
  }
  return std::find(kExtensions.begin(), kExtensions.end(), path.substr(dot + 1)) !=
         kExtensions.end();
}

std::string_view BaseName(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

// A positive number at the front of `text`, else 0.
int LineNumber(std::string_view text) {
  int line = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), line);
  const bool more = end != text.data() + text.size() && IsPathChar(*end) && *end != '.';
  return error == std::errc() && line > 0 && !more ? line : 0;
}

// The path that ends at `end`; empty when what is there is none, or a URL.
std::string_view PathBefore(std::string_view text, size_t end) {
  size_t begin = end;
  while (begin > 0 && end - begin < kMaxPath && IsPathChar(text[begin - 1])) {
    --begin;
  }
  std::string_view path = text.substr(begin, end - begin);
  path.remove_prefix(std::min(path.find_first_not_of("[="), path.size()));
  if (begin > 0 && text[begin - 1] == ':' && path.starts_with("//")) {
    if (begin < 5 || text.substr(begin - 5, 5) != "file:") {
      return {};
    }
    path.remove_prefix(2);
  }
  return HasSourceExtension(path) ? path : std::string_view();
}

// The location whose separator (":12", ":line 12" or "\", line 12") starts at `i`.
std::optional<SourceLocation> LocationAt(std::string_view text, size_t i) {
  const std::string_view rest = text.substr(i, 24);
  constexpr std::string_view kDotNet = ":line ";
  constexpr std::string_view kPython = "\", line ";
  size_t skip = 1;
  if (rest.starts_with(kDotNet)) {
    skip = kDotNet.size();
  } else if (rest.starts_with(kPython)) {
    skip = kPython.size();
  } else if (rest.front() != ':') {
    return std::nullopt;
  }
  const int line = LineNumber(rest.substr(skip));
  const std::string_view path = line > 0 ? PathBefore(text, i) : std::string_view();
  if (path.empty()) {
    return std::nullopt;
  }
  return SourceLocation{std::string(path), line};
}

bool IsInstalled(std::string_view path) {
  return std::any_of(kInstalled.begin(), kInstalled.end(), [&](std::string_view part) {
    return path.find(part) != std::string_view::npos;
  });
}

// Higher is better; 0 never counts.
int Rank(const SourceLocation& location, const LocationHints& hints) {
  const std::string_view base = BaseName(location.file);
  if (!hints.file.empty()) {
    return base == BaseName(hints.file) ? 3 : 0;
  }
  const std::string_view stem = base.substr(0, base.find('.'));
  if (stem.size() > 2 && hints.class_name.find(stem) != std::string_view::npos) {
    return 3;
  }
  return IsInstalled(location.file) ? 1 : 2;
}

}  // namespace

std::optional<SourceLocation> FindSourceLocation(std::string_view text,
                                                 const LocationHints& hints) {
  text = text.substr(0, kMaxText);
  std::optional<SourceLocation> best;
  int best_rank = 0;
  for (size_t i = text.find_first_of(":\""); i != std::string_view::npos && best_rank < 3;
       i = text.find_first_of(":\"", i + 1)) {
    std::optional<SourceLocation> found = LocationAt(text, i);
    if (!found) {
      continue;
    }
    if (const int rank = Rank(*found, hints); rank > best_rank) {
      best_rank = rank;
      best = std::move(found);
    }
  }
  return best;
}

}  // namespace reports
