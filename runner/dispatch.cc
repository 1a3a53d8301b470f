#include "runner/dispatch.h"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <optional>

#include "runner/nearest.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

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
  std::vector<std::string> names;
  std::transform(verbs.begin(), verbs.end(), std::back_inserter(names),
                 [](const VerbEntry& verb) { return verb.name; });
  if (const std::optional<std::string> nearest = Nearest(word, names)) {
    return text + "; did you mean \"" + *nearest + "\"?\n";
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
  if (word == kCompletionWords) {
    for (const VerbEntry& verb : verbs) {
      std::puts(verb.name);
    }
    return kExitPassed;
  }
  const auto found = std::find_if(verbs.begin(), verbs.end(),
                                  [&](const VerbEntry& verb) { return word == verb.name; });
  if (found == verbs.end()) {
    std::fputs(Unknown(program, verbs, word).c_str(), stderr);
    return kExitUsage;
  }
  args.erase(args.begin());
  return found->run(std::move(args));
}

}  // namespace runner
