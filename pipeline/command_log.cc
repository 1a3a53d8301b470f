#include "pipeline/command_log.h"

#include <optional>
#include <utility>

namespace pipeline {

using Kind = WorkflowCommand::Kind;

void CommandLog::Line(Stream stream, std::string_view line) {
  std::optional<WorkflowCommand> command;
  if (stream != Stream::kRunner) {
    command = ParseWorkflowCommand(line);
  }
  if (command && command->kind == Kind::kAddMask) {
    observer_.StepLine(step_, stream, "::add-mask::***");
    AddMask(command->text);
    return;
  }
  observer_.StepLine(step_, stream, masks_.Apply(line));
  if (command) {
    Obey(*std::move(command));
  }
}

void CommandLog::Obey(WorkflowCommand command) {
  for (std::string* text : {&command.text, &command.title, &command.file}) {
    *text = masks_.Apply(*text);
  }
  if (command.kind <= Kind::kNotice) {
    if (annotations_.size() >= kMaxAnnotations) {
      return;
    }
    annotations_.push_back(command);
  }
  observer_.StepCommand(step_, command);
}

void CommandLog::AddMask(const std::string& value) {
  has_masks_ = true;
  if (!masks_.Add(value)) {
    observer_.StepLine(step_, Stream::kRunner,
                       "add-mask: not hidden: fewer than " + std::to_string(MaskSet::kMinBytes) +
                           " characters, or too many masks");
  }
}

}  // namespace pipeline
