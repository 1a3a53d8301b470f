#include "pipeline/template_reader.h"

#include <algorithm>
#include <utility>

#include "pipeline/run_facts.h"
#include "pipeline/suggestion.h"

namespace pipeline {
namespace {

constexpr std::string_view kThroughEnv =
    "; give it to a variable in `env:` and use the variable, \"$NAME\", here";

std::string Quoted(const std::string& name) { return "`${{ " + name + " }}`"; }

}  // namespace

Template TemplateReader::ReadTemplate(const YamlNode& scalar, NameUse use) {
  Expression::ParseError error;
  std::optional<Template> text = Template::Parse(scalar.text, error);
  if (!text) {
    findings_.AddInText(scalar, error.column, "E401", "in the expression: " + error.message);
    return Template();
  }
  CheckNames(text->Names(), scalar, use);
  return *std::move(text);
}

std::optional<Expression> TemplateReader::ReadCondition(const YamlNode& scalar) {
  std::string_view text = scalar.text;
  size_t offset = 0;
  if (text.starts_with("${{") && text.ends_with("}}") && text.find("${{", 3) == text.npos) {
    offset = 3;
    text = text.substr(3, text.size() - 5);
  }
  Expression::ParseError error;
  std::optional<Expression> expression = Expression::Parse(text, error);
  if (!expression) {
    findings_.AddInText(scalar, error.column + offset, "E401",
                        "in the expression: " + error.message);
    return std::nullopt;
  }
  CheckNames(expression->Names(), scalar, kInCondition);
  return expression;
}

void TemplateReader::CheckNames(const std::vector<std::string>& names, const YamlNode& scalar,
                                NameUse use) {
  for (const std::string& name : names) {
    if (findings_.full()) {
      return;
    }
    CheckName(name, scalar, use);
  }
}

void TemplateReader::CheckName(const std::string& name, const YamlNode& scalar, NameUse use) {
  if (name == "outcome" || name == "always()" || name == "failed()") {
    if (!use.flow) {
      AddAtName(scalar, name, "E404", Quoted(name) + " is known to `if` only");
    }
  } else if (name.starts_with("env.")) {
    if (!use.env) {
      AddAtName(scalar, name, "E404",
                Quoted(name) + " can't be used here; write $" + name.substr(4) +
                    " in shell text, and the text itself in the top `env:`");
    }
  } else if (name.starts_with("steps.")) {
    CheckStepReference(name, scalar, use);
  } else if (name.starts_with("matrix.")) {
    CheckAxis(name, scalar, use);
  } else if (name.starts_with("inputs.")) {
    CheckInput(name, scalar, use);
  } else {
    CheckFact(name, scalar, use);
  }
}

void TemplateReader::CheckFact(const std::string& name, const YamlNode& scalar, NameUse use) {
  const FactName* fact = FindFactName(name);
  if (fact == nullptr) {
    std::vector<std::string_view> names;
    for (const FactName& known : FactNames()) {
      names.push_back(known.name);
    }
    const std::string closest = ClosestName(name, names);
    AddAtName(scalar, name, "E402",
              "`" + name + "` isn't a name that expressions know; " +
                  (closest.empty() ? "see \"Expressions\" in the documentation; a text needs quotes"
                                   : "did you mean `" + closest + "`?"));
  } else if (fact->by_strangers && !use.by_strangers) {
    AddByStrangers(name, scalar);
  }
}

void TemplateReader::AddByStrangers(const std::string& name, const YamlNode& scalar) {
  AddAtName(scalar, name, "E403",
            Quoted(name) + " is text that a stranger may have written; in shell text it would " +
                "be run as commands" + std::string(kThroughEnv));
}

void TemplateReader::CheckInput(const std::string& name, const YamlNode& scalar, NameUse use) {
  const std::string input = name.substr(name.find('.') + 1);
  if (!scope_.inputs.contains(input)) {
    const std::vector<std::string_view> inputs(scope_.inputs.begin(), scope_.inputs.end());
    AddAtName(scalar, name, "E402",
              inputs.empty() ? Quoted(name) + ": `on.manual` has no `inputs`"
                             : "there is no input `" + input + "`" + DidYouMean(input, inputs));
  } else if (!use.by_strangers) {
    AddByStrangers(name, scalar);
  }
}

void TemplateReader::CheckAxis(const std::string& name, const YamlNode& scalar, NameUse use) {
  const std::string axis = name.substr(name.find('.') + 1);
  if (!use.matrix) {
    AddAtName(scalar, name, "E404",
              Quoted(name) + " can't be used here, where no step is; write it in the step");
  } else if (!scope_.axes.contains(axis)) {
    const std::vector<std::string_view> axes(scope_.axes.begin(), scope_.axes.end());
    AddAtName(scalar, name, "E402",
              axes.empty() ? Quoted(name) + ": there is no `matrix` here"
                           : "the matrix has no axis `" + axis + "`" + DidYouMean(axis, axes));
  }
}

void TemplateReader::CheckStepReference(const std::string& name, const YamlNode& scalar,
                                        NameUse use) {
  const std::optional<StepReference> reference = ParseStepReference(name);
  if (!reference) {
    AddAtName(scalar, name, "E402",
              "`" + name + "` isn't known; a step has steps.NAME.image, steps.NAME.outcome and " +
                  "steps.NAME.outputs.KEY");
  } else if (!use.steps) {
    AddAtName(scalar, name, "E404",
              Quoted(name) + " can't be used here" + std::string(kThroughEnv));
  } else {
    mentions_.push_back({std::string(reference->step), std::string(reference->field), scalar.at});
  }
}

void TemplateReader::AddAtName(const YamlNode& scalar, const std::string& name,
                               std::string_view code, std::string message) {
  const std::string bare = name.ends_with("()") ? name.substr(0, name.size() - 2) : name;
  // The first mention inside an expression: shell text may hold the same word.
  size_t from = scalar.text.find("${{");
  from = from == std::string::npos ? 0 : from;
  const size_t at = scalar.text.find(bare, from);
  findings_.AddInText(scalar, at == std::string::npos ? 0 : at, code, std::move(message));
}

}  // namespace pipeline
