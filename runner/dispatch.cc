#include "runner/dispatch.h"

#include <algorithm>
#include <cstdio>
#include <numeric>

#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

constexpr size_t kLongestGuess = 30;

// Levenshtein's distance: insertions, deletions and replacements.
size_t Distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string Listing(const std::string& program, std::span<const VerbEntry> verbs) {
  size_t width = 0;
  for (const VerbEntry& verb : verbs) {
    width = std::max(width, std::string(verb.name).size());
  }
  std::string text = "usage: " + program + " VERB [OPTIONS] [ARGUMENTS]\n\n";
  for (const VerbEntry& verb : verbs) {
    std::string name = verb.name;
    name.resize(width, ' ');
    text += "  " + name + "  " + verb.summary + "\n";
  }
  return text + "\n" + program + " VERB --help says more about one.\n";
}

std::string Unknown(const std::string& program, std::span<const VerbEntry> verbs,
                    const std::string& word) {
  std::string text =
      "runner: \"" + runtime::base::ForMessage(word.substr(0, 200)) + "\" is no verb of " + program;
  const auto nearest =
      std::min_element(verbs.begin(), verbs.end(), [&](const VerbEntry& a, const VerbEntry& b) {
        return Distance(word, a.name) < Distance(word, b.name);
      });
  if (nearest != verbs.end() && Distance(word, nearest->name) <= 2) {
    return text + "; did you mean \"" + nearest->name + "\"?\n";
  }
  return text + "; see: " + program + " help\n";
}

}  // namespace

int Dispatch(const std::string& program, std::span<const VerbEntry> verbs,
             std::vector<std::string> args) {
  if (args.empty()) {
    std::fputs(Listing(program, verbs).c_str(), stderr);
    return kExitUsage;
  }
  const std::string word = args[0];
  if (word == "help" || word == "--help" || word == "-h") {
    std::fputs(Listing(program, verbs).c_str(), stdout);
    return kExitPassed;
  }
  const auto found = std::find_if(verbs.begin(), verbs.end(),
                                  [&](const VerbEntry& verb) { return word == verb.name; });
  if (found == verbs.end()) {
    // A very long word is no typing error, and the distance to it is costly.
    const std::span<const VerbEntry> guesses =
        word.size() <= kLongestGuess ? verbs : std::span<const VerbEntry>();
    std::fputs(Unknown(program, guesses, word).c_str(), stderr);
    return kExitUsage;
  }
  args.erase(args.begin());
  return found->run(std::move(args));
}

}  // namespace runner
