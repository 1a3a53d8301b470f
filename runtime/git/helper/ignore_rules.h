// IgnoreRules: what gitignore(5) files leave out, in the order of a walk from the top down.
//
// Ours and not libgit2's: that one drops a rule "!x" whose counterpart is in another file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runtime::git {

class IgnoreRules {
 public:
  // Rules that hold for everything below the directory `prefix` ("" or "dir/"). Files of deeper
  // directories come later and win. Every Push() has its Pop().
  void Push(std::string_view prefix, std::string_view content);
  void Pop() { files_.pop_back(); }

  // Whether the rules name this path itself. That everything below an ignored directory is ignored
  // is the walker's business.
  bool Match(std::string_view path, bool is_directory) const;

 private:
  struct Rule {
    std::vector<std::string> pattern;  // components
    bool negated = false;
    bool directory_only = false;
    bool anywhere = false;  // one component that may be at any depth
  };
  struct File {
    size_t prefix_size = 0;
    std::vector<Rule> rules;
  };
  static bool Parse(std::string_view line, Rule& rule);

  std::vector<File> files_;
};

}  // namespace runtime::git
