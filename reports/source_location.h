// Where a failure text says the failure is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reports {

struct SourceLocation {
  std::string file;
  int line = 0;
};

struct LocationHints {
  std::string_view file;        // not empty: only locations in this file count
  std::string_view class_name;  // a file named after the class is preferred
};

// The first location of a source file in the styles of compilers and stack traces
// ("a/b.cc:12: Failure", "at f (a.js:3:5)", "File \"t.py\", line 7", "A.cs:line 9"); frames inside
// installed packages only when there is no other. Reads the first 64 KiB.
std::optional<SourceLocation> FindSourceLocation(std::string_view text, const LocationHints& hints);

}  // namespace reports
