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

constexpr KeyValues kTypes = {
    .fallback = "opened, synchronize, reopened",
    .words =
        "opened synchronize reopened closed edited labeled unlabeled ready-for-review "
        "converted-to-draft"};

constexpr Key kKeys[] = {
    {S::kFile, "name", T::kText, kHere, 0, "name of the pipeline; default: the repository's"},
    {S::kFile, "on", T::kAny, kHere, 0, "which events start a run",
     Inner(S::kOn, "push, pull-request")},
    {S::kFile, "env", T::kTextMap, kExpr, 0, "variables of every step"},
    {S::kFile, "timeout", T::kDuration, kHere, 0, "for the whole run", Default("60m")},
    {S::kFile, "steps", T::kMapOrList, kHere, 0, "the steps, by name"},
    {S::kFile, "clone", T::kMap, kHere, 0, "how the repository is cloned", Inner(S::kClone)},
    {S::kFile, "defaults", T::kMap, kHere, 0, "keys of every step that hasn't them itself",
     Inner(S::kStep)},
    {S::kFile, "matrix", T::kMatrix, kHere, 0, "axes; the steps run once for each combination"},
    {S::kFile, "concurrency", T::kTextOrMap, kExpr, 0, "which runs don't run at the same time",
     Inner(S::kConcurrency)},
    {S::kFile, "services", T::kNamedMaps, kHere, 0, "containers beside all steps, by name",
     Inner(S::kService)},
    {S::kFile, "finally", T::kMapOrList, kHere, 0, "steps that run last, however the others end"},

    {S::kOn, "push", T::kOptionalMap, kHere, 0, "a push of a branch or a tag", Inner(S::kOnPush)},
    {S::kOn, "pull-request", T::kOptionalMap, kHere, 0, "a pull request was opened or changed",
     Inner(S::kOnPullRequest)},
    {S::kOn, "manual", T::kOptionalMap, kHere, 0, "somebody asked for the run",
     Inner(S::kOnManual)},
    {S::kOn, "schedule", T::kTexts, kHere, 0, "times as cron has them, in UTC"},

    {S::kOnPush, "branches", T::kTexts, kHere, 0, "globs of branches"},
    {S::kOnPush, "branches-ignore", T::kTexts, kHere, 0, "globs of branches left out"},
    {S::kOnPush, "tags", T::kTexts, kHere, 0, "globs of tags"},
    {S::kOnPush, "tags-ignore", T::kTexts, kHere, 0, "globs of tags left out"},
    {S::kOnPush, "paths", T::kTexts, kHere, 0, "globs of changed files"},
    {S::kOnPush, "paths-ignore", T::kTexts, kHere, 0, "globs of files that don't count"},

    {S::kOnPullRequest, "branches", T::kTexts, kHere, 0, "globs of branches"},
    {S::kOnPullRequest, "branches-ignore", T::kTexts, kHere, 0, "globs of branches left out"},
    {S::kOnPullRequest, "paths", T::kTexts, kHere, 0, "globs of changed files"},
    {S::kOnPullRequest, "paths-ignore", T::kTexts, kHere, 0, "globs of files that don't count"},
    {S::kOnPullRequest, "types", T::kTexts, kHere, 0, "what happened to it", kTypes},

    {S::kOnManual, "inputs", T::kNamedMaps, kHere, 0, "values that may be given, by name",
     Inner(S::kInput)},

    {S::kInput, "type", T::kText, kHere, 0, "what it may be",
     Words("string number boolean choice", "string")},
    {S::kInput, "description", T::kText, kHere, 0, "for people"},
    {S::kInput, "default", T::kText, kHere, 0, "its value where none is given; else empty"},
    {S::kInput, "required", T::kFlag, kHere, 0, "must be given", Default("false")},
    {S::kInput, "options", T::kTextList, kHere, 0, "what a choice may be"},

    {S::kConcurrency, "group", T::kText, kExpr, 0, "runs of one group keep each other waiting"},
    {S::kConcurrency, "cancel-superseded", T::kFlag, kHere, 0, "a newer run ends the older ones",
     Default("false")},
    {S::kConcurrency, "limit", T::kCount, kHere, 0, "runs of the group at once", Default("1")},

    {S::kService, "image", T::kText, kExpr, 0, "image that it runs"},
    {S::kService, "env", T::kTextMap, kExpr, 0, "its variables"},
    {S::kService, "argv", T::kTextList, kExpr, 0, "its command; default: the image's"},
    {S::kService, "user", T::kText, kHere, 0, "its user; default: the image's"},
    {S::kService, "limits", T::kMap, kHere, 0, "what it may use of the host", Inner(S::kLimits)},
    {S::kService, "ready", T::kMap, kHere, 0, "when it may be used", Inner(S::kReady)},

    {S::kReady, "port", T::kCount, kHere, 0, "when it listens there"},
    {S::kReady, "http", T::kText, kHere, 0, "when a GET of this path at `port` answers 2xx or 3xx"},
    {S::kReady, "run", T::kTextList, kHere, 0, "when this command in it ends with 0"},
    {S::kReady, "within", T::kDuration, kHere, 0, "how long may that take", Default("30s")},

    {S::kSecret, "env", T::kText, kHere, 0, "variable that holds it too"},

    {S::kCache, "path", T::kText, kHere, 0, "directory in the container"},
    {S::kCache, "key", T::kText, kExpr, 0, "another key is another cache"},
    {S::kCache, "trusted-only", T::kFlag, kHere, 0, "strangers' runs don't get it",
     Default("false")},

    {S::kClone, "submodules", T::kText, kHere, 0, "whether they are cloned too",
     Words("false true recursive", "false")},
    {S::kClone, "path", T::kText, kHere, 0, "directory of the workspace; default: the workspace"},
    {S::kClone, "lfs", T::kFlag, kHere, 0, "files of Git LFS in place of their pointers",
     Default("false")},
    {S::kClone, "depth", T::kText, kHere, 0,
     "commits in the workspace's `.git`, 0: all; none: it has no `.git`", Default("0")},
    {S::kClone, "image", T::kText, kHere, 0,
     "image whose git writes the files; default: the runner does"},

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
    {S::kStep, "secrets", T::kNamesOrMap, kHere, kCommandSteps | kPushStep,
     "secrets, by name; {NAME: {env: VARIABLE}} gives one to a variable too", Inner(S::kSecret)},
    {S::kStep, "tests", T::kMap, kHere, kCommandSteps, "test reports that it writes",
     Inner(S::kTests)},
    {S::kStep, "artifacts", T::kTextsOrMap, kHere, kCommandSteps, "files that are kept",
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
    {S::kStep, "services", T::kNamedMaps, kHere, kCommandSteps, "containers beside it, by name",
     Inner(S::kService)},
    {S::kStep, "volumes", T::kTexts, kHere, kCommandSteps,
     "NAME:/path[:ro], tmpfs:/path[:SIZE] or ./dir:/path[:ro]"},
    {S::kStep, "cache", T::kAny, kExpr, kCommandSteps,
     "paths kept between runs: texts, or maps of path, key, trusted-only", Inner(S::kCache)},
    {S::kStep, "retry", T::kCountOrMap, kHere, kEveryStep, "how often it begins again, 0 to 10",
     Inner(S::kRetry, "0")},
    {S::kStep, "matrix", T::kMatrix, kHere, kEveryStep, "axes; it runs once for each combination"},
    {S::kStep, "skip-unchanged", T::kFlag, kHere, kCommandSteps,
     "an earlier result of the same inputs stands for it", Default("false")},

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

    {S::kRetry, "times", T::kText, kHere, 0, "how often it begins again, 0 to 10"},
    {S::kRetry, "on", T::kTexts, kHere, 0, "after which failures",
     Words("exit signal oom timeout infrastructure", "all of them")},
};

}  // namespace

std::span<const Key> Keys() { return kKeys; }

bool IsReleased(const Key& key) { return key.status != KeyStatus::kLater; }

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
  static constexpr std::array<std::string_view, 19> kNames = {
      "the file",      "`on`",          "`on.push`", "`on.pull-request`", "`on.manual`", "an input",
      "`concurrency`", "a service",     "`ready`",   "a cache",           "a secret",    "`clone`",
      "a step",        "`image-build`", "`push`",    "`tests`",           "`artifacts`", "`limits`",
      "`retry`"};
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
    case T::kMatrix:
      return "axes with lists of values, such as {cc: [gcc, clang]}";
    case T::kNamedMaps:
      return "names, each with keys of its own";
    case T::kMap:
    case T::kOptionalMap:
      return "keys of its own, indented below it";
    case T::kMapOrList:
      return "a map of names or a list";
    case T::kNamesOrMap:
      return "a name, a list of names, or names with keys of their own";
    case T::kTextOrMap:
      return "a text, or keys of its own";
    case T::kTextsOrMap:
      return "a text, a list of texts, or keys of its own";
    case T::kCountOrMap:
      return "a whole number, or keys of its own";
    case T::kAny:
      return "a value";
  }
  return "";
}

}  // namespace pipeline
