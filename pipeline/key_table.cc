#include "pipeline/key_table.h"

#include <algorithm>
#include <array>

namespace pipeline {
namespace {

using S = Section;
using T = ValueType;

constexpr KeyStatus kHere = KeyStatus::kPlain;
constexpr KeyStatus kExpr = KeyStatus::kTemplate;
constexpr KeyStatus kLater = KeyStatus::kLater;

constexpr KeyValues Default(std::string_view fallback) { return {.fallback = fallback}; }
constexpr KeyValues Words(std::string_view words, std::string_view fallback) {
  return {.fallback = fallback, .words = words};
}
constexpr KeyValues Inner(Section inner, std::string_view fallback = "") {
  return {.fallback = fallback, .inner = inner};
}

constexpr Key kKeys[] = {
    {S::kFile, "name", T::kText, kHere, 0, "name of the pipeline; default: the repository's"},
    {S::kFile, "on", T::kAny, kHere, 0, "which events start a run",
     Inner(S::kOn, "push, pull-request")},
    {S::kFile, "env", T::kTextMap, kExpr, 0, "variables of every step"},
    {S::kFile, "timeout", T::kDuration, kHere, 0, "for the whole run", Default("60m")},
    {S::kFile, "steps", T::kMapOrList, kHere, 0, "the steps, by name"},
    {S::kFile, "clone", T::kAny, kLater, 0, ""},
    {S::kFile, "defaults", T::kAny, kLater, 0, ""},
    {S::kFile, "matrix", T::kAny, kLater, 0, ""},
    {S::kFile, "concurrency", T::kAny, kLater, 0, ""},
    {S::kFile, "services", T::kAny, kLater, 0, ""},
    {S::kFile, "finally", T::kAny, kLater, 0, ""},

    {S::kOn, "push", T::kOptionalMap, kHere, 0, "a push of a branch or a tag", Inner(S::kOnPush)},
    {S::kOn, "pull-request", T::kOptionalMap, kHere, 0, "a pull request was opened or changed",
     Inner(S::kOnPullRequest)},
    {S::kOn, "manual", T::kOptionalMap, kHere, 0, "somebody asked for the run"},
    {S::kOn, "schedule", T::kAny, kLater, 0, ""},

    {S::kOnPush, "branches", T::kTexts, kHere, 0, "globs of branches"},
    {S::kOnPush, "branches-ignore", T::kTexts, kHere, 0, "globs of branches left out"},
    {S::kOnPush, "tags", T::kTexts, kHere, 0, "globs of tags"},
    {S::kOnPush, "tags-ignore", T::kTexts, kHere, 0, "globs of tags left out"},
    {S::kOnPush, "paths", T::kAny, kLater, 0, ""},
    {S::kOnPush, "paths-ignore", T::kAny, kLater, 0, ""},

    {S::kOnPullRequest, "branches", T::kTexts, kHere, 0, "globs of branches"},
    {S::kOnPullRequest, "branches-ignore", T::kTexts, kHere, 0, "globs of branches left out"},
    {S::kOnPullRequest, "paths", T::kAny, kLater, 0, ""},
    {S::kOnPullRequest, "paths-ignore", T::kAny, kLater, 0, ""},
    {S::kOnPullRequest, "types", T::kAny, kLater, 0, ""},

    {S::kStep, "name", T::kText, kHere, kEveryStep, "name of a step in a list of steps"},
    {S::kStep, "image", T::kText, kExpr, kCommandSteps, "image that the step runs in"},
    {S::kStep, "run", T::kTexts, kExpr, kRunStep, "shell text"},
    {S::kStep, "argv", T::kTextList, kExpr, kArgvStep, "one program with its arguments"},
    {S::kStep, "image-build", T::kMap, kHere, kImageBuildStep, "builds an image",
     Inner(S::kImageBuild)},
    {S::kStep, "push", T::kMap, kHere, kPushStep, "pushes an image that an earlier step built",
     Inner(S::kPush)},
    {S::kStep, "needs", T::kTexts, kHere, kEveryStep, "steps to wait for; default: the one before"},
    {S::kStep, "if", T::kText, kExpr, kEveryStep, "expression that decides whether it runs"},
    {S::kStep, "env", T::kTextMap, kExpr, kCommandSteps, "variables of this step"},
    {S::kStep, "secrets", T::kTexts, kHere, kCommandSteps | kPushStep, "secrets, by name"},
    {S::kStep, "tests", T::kMap, kHere, kCommandSteps, "test reports that it writes",
     Inner(S::kTests)},
    {S::kStep, "artifacts", T::kAny, kHere, kCommandSteps, "files that are kept",
     Inner(S::kArtifacts)},
    {S::kStep, "limits", T::kMap, kHere, kCommandSteps, "what it may use of the host",
     Inner(S::kLimits)},
    {S::kStep, "network", T::kText, kHere, kCommandSteps, "what it reaches",
     Words("none job full", "full")},
    {S::kStep, "egress", T::kTexts, kHere, kCommandSteps,
     "HOST:PORT, all that it reaches outside; default: everything"},
    {S::kStep, "user", T::kText, kHere, kCommandSteps, "user; default: the image's"},
    {S::kStep, "workdir", T::kText, kHere, kCommandSteps, "directory that it begins in",
     Default("/workspace")},
    {S::kStep, "shell", T::kTextList, kHere, kRunStep, "shell of `run`",
     Default("/bin/sh -e -x -c")},
    {S::kStep, "workspace", T::kText, kHere, kCommandSteps, "how it sees the workspace",
     Words("rw ro none", "rw")},
    {S::kStep, "timeout", T::kDuration, kHere, kEveryStep, "for this step", Default("60m")},
    {S::kStep, "allow-failure", T::kFlag, kHere, kEveryStep, "a failure is a warning",
     Default("false")},
    {S::kStep, "services", T::kAny, kLater, kEveryStep, ""},
    {S::kStep, "volumes", T::kAny, kLater, kEveryStep, ""},
    {S::kStep, "cache", T::kAny, kLater, kEveryStep, ""},
    {S::kStep, "retry", T::kAny, kLater, kEveryStep, ""},
    {S::kStep, "matrix", T::kAny, kLater, kEveryStep, ""},
    {S::kStep, "skip-unchanged", T::kAny, kLater, kEveryStep, ""},

    {S::kImageBuild, "from", T::kText, kExpr, 0, "base image, or scratch"},
    {S::kImageBuild, "copy", T::kTextMap, kHere, 0, "workspace path to path in the image"},
    {S::kImageBuild, "env", T::kTextMap, kExpr, 0, "variables of the image"},
    {S::kImageBuild, "user", T::kText, kHere, 0, "user of the image"},
    {S::kImageBuild, "workdir", T::kText, kHere, 0, "working directory of the image"},
    {S::kImageBuild, "entrypoint", T::kTextList, kHere, 0, "entry point of the image"},
    {S::kImageBuild, "cmd", T::kTextList, kHere, 0, "command of the image"},
    {S::kImageBuild, "labels", T::kTextMap, kExpr, 0, "labels of the image"},
    {S::kImageBuild, "expose", T::kTexts, kHere, 0, "ports such as 8080 or 53/udp"},
    {S::kImageBuild, "dockerfile", T::kAny, kLater, 0, ""},
    {S::kImageBuild, "context", T::kAny, kLater, 0, ""},
    {S::kImageBuild, "target", T::kAny, kLater, 0, ""},
    {S::kImageBuild, "build-args", T::kAny, kLater, 0, ""},

    {S::kPush, "image", T::kText, kExpr, 0, "${{ steps.NAME.image }} of an image-build step"},
    {S::kPush, "to", T::kText, kExpr, 0, "registry and repository, without tag"},
    {S::kPush, "tags", T::kTexts, kExpr, 0, "tags", Default("latest")},
    {S::kPush, "untested", T::kFlag, kHere, 0, "push although no test step ran in the image",
     Default("false")},

    {S::kTests, "junit", T::kTexts, kHere, 0, "globs of JUnit files in the workspace"},
    {S::kTests, "fail-on", T::kTexts, kHere, 0, "what of the reports fails the step",
     Words("failure error no-tests", "failure, error, no-tests")},
    {S::kTests, "tap", T::kAny, kLater, 0, ""},
    {S::kTests, "ctest", T::kAny, kLater, 0, ""},
    {S::kTests, "gotest", T::kAny, kLater, 0, ""},
    {S::kTests, "retry", T::kAny, kLater, 0, ""},
    {S::kTests, "split", T::kAny, kLater, 0, ""},
    {S::kTests, "isolate", T::kAny, kLater, 0, ""},

    {S::kArtifacts, "paths", T::kTexts, kHere, 0, "globs of files in the workspace"},
    {S::kArtifacts, "when", T::kText, kHere, 0, "after which outcomes they are kept",
     Words("always success failure", "always")},
    {S::kArtifacts, "keep", T::kAny, kLater, 0, ""},

    {S::kLimits, "cpu", T::kNumber, kHere, 0, "processors, such as 2 or 0.5"},
    {S::kLimits, "memory", T::kSize, kHere, 0, "memory, such as 1GiB"},
    {S::kLimits, "pids", T::kCount, kHere, 0, "processes and threads"},
    {S::kLimits, "disk", T::kSize, kHere, 0, "what it may write, such as 10GiB"},
    {S::kLimits, "open-files", T::kCount, kHere, 0, "open files of a process"},
};

}  // namespace

std::span<const Key> Keys() { return kKeys; }

const Key* FindKey(Section section, std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.section == section && key.name == name) {
      return &key;
    }
  }
  return nullptr;
}

std::vector<std::string_view> WordsOf(const Key& key) {
  std::vector<std::string_view> words;
  for (std::string_view rest = key.values.words; !rest.empty();) {
    const size_t end = std::min(rest.find(' '), rest.size());
    words.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return words;
}

std::string_view ToString(Section section) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "the file",      "`on`",   "`on.push`", "`on.pull-request`", "a step",
      "`image-build`", "`push`", "`tests`",   "`artifacts`",       "`limits`"};
  return kNames.at(static_cast<size_t>(section));
}

std::string_view Describe(ValueType type) {
  switch (type) {
    case T::kText:
      return "a text";
    case T::kTexts:
      return "a text or a list of texts";
    case T::kTextList:
      return "a list of texts such as [make, test]";
    case T::kTextMap:
      return "names with texts, such as {NAME: text}";
    case T::kFlag:
      return "true or false";
    case T::kDuration:
      return "a duration with a unit, such as 90s, 10m or 1h30m";
    case T::kSize:
      return "a size with a unit, such as 512MiB or 1GiB";
    case T::kNumber:
      return "a number such as 2 or 0.5";
    case T::kCount:
      return "a whole number from 1";
    case T::kMap:
    case T::kOptionalMap:
      return "keys of its own, indented below it";
    case T::kMapOrList:
      return "a map of names or a list";
    case T::kAny:
      return "a value";
  }
  return "";
}

}  // namespace pipeline
