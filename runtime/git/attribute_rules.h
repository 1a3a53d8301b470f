// AttributeRules: what gitattributes(5) files of a tree say about one attribute, `filter`.
//
// Only the files of the tree itself count: nothing of a repository's or a user's own configuration.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::git {

class AttributeRules {
 public:
  // The .gitattributes of the directory `prefix` ("" or "dir/"), each once, in any order. Lines
  // that git leaves out are left out here: patterns that begin with "!", lines longer than 2048,
  // macros but in the root. Throws Error (kInvalid) for more than 10,000 rules in all.
  void Add(const std::string& prefix, std::string_view content);

  // Does any file give some value to `filter`, so that paths are worth asking about?
  bool mentions_filter() const { return mentions_filter_; }

  // The value of `filter` for a file; empty for none.
  std::string FilterOf(std::string_view path) const;

 private:
  struct Assignment {
    std::string name;
    std::string value;  // "true" for one that is set; empty for one that is unset or unspecified
  };
  struct Rule {
    std::vector<std::string> pattern;  // components
    bool anywhere = false;             // one component that may be at any depth
    std::vector<Assignment> assignments;
  };
  static std::vector<Assignment> ParseAssignments(std::string_view text);
  void ParseLine(std::string_view line, bool is_root, std::vector<Rule>& rules);
  bool Decide(const std::vector<Assignment>& assignments, std::set<std::string>& known,
              std::string& filter, size_t depth) const;

  std::map<std::string, std::vector<Rule>, std::less<>> files_;  // by prefix
  std::map<std::string, std::vector<Assignment>> macros_;
  size_t rules_ = 0;
  bool mentions_filter_ = false;
};

}  // namespace runtime::git
