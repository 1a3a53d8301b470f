// Dispatch: from the first word of a command line to the verb of that name.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "runner/cli.h"

namespace runner {

struct VerbEntry {
  const char* name;
  Verb run;
  const char* summary;  // one line
};

// Runs the verb that args[0] names with the rest. `program` is what comes before it ("runner",
// "runner image"). "help", "--help" and "-h" print the list (exit 0), no word at all prints it as
// an error; an unknown one is answered by one line with the nearest name (both exit 2).
int Dispatch(const std::string& program, std::span<const VerbEntry> verbs,
             std::vector<std::string> args);

}  // namespace runner
