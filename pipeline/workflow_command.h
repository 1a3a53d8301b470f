// WorkflowCommand: what a line of a step's output asks of the runner, in the form that GitHub's
// runners made common: `::error file=src/a.c,line=3::text`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pipeline {

// Texts are the step's: untrusted, bounded, escaped where they are shown.
struct WorkflowCommand {
  enum class Kind { kError, kWarning, kNotice, kGroup, kEndGroup, kAddMask };
  Kind kind = Kind::kNotice;
  std::string text;   // the message; of a group its title; of a mask the value
  std::string title;  // of error, warning and notice, as what follows
  std::string file;   // in the workspace, as the step wrote it
  int line = 0;       // from 1; 0: not said
  int end_line = 0;
  int column = 0;
  int end_column = 0;
};
std::string_view ToString(WorkflowCommand::Kind kind);  // "error", "add-mask", ...

// Nothing for other lines: also for commands that we don't know and such that aren't well-formed,
// which are text like all else. Blanks before the first colon don't count.
std::optional<WorkflowCommand> ParseWorkflowCommand(std::string_view line);

}  // namespace pipeline
