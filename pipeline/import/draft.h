// DraftPipeline: a first pipeline file, on its way to text: what `runner import` and `runner init`
// write.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pipeline {

using DraftTexts = std::vector<std::string>;
using DraftEnv = std::vector<std::pair<std::string, std::string>>;  // values as they are written

struct DraftStep {
  std::string name;
  DraftTexts comments;  // lines above it

  // A command: the image that it runs in, and shell text. A step without text is not written.
  std::string image;
  std::string run;
  DraftTexts shell;
  // Or an image-build: the base and what is copied.
  std::string from;
  DraftEnv copy;
  DraftTexts entrypoint;
  // Or a push of the image of that step.
  std::string push_image_of;
  std::string push_to;
  bool push_untested = false;

  std::optional<DraftTexts> needs;  // nothing: the step before
  std::string condition;
  DraftEnv env;
  DraftTexts secrets;
  std::string workdir;
  std::string user;
  std::string timeout;
  bool allow_failure = false;
  DraftTexts artifacts;
  std::string artifacts_when;
  DraftTexts junit;
};

struct DraftFilter {
  DraftTexts branches;
  DraftTexts branches_ignore;
  DraftTexts tags;
  DraftTexts tags_ignore;
};

// `clone`; a text that is empty isn't written.
struct DraftClone {
  std::string submodules;
  bool lfs = false;
  std::string depth;
};

struct DraftPipeline {
  DraftTexts comments;
  std::string name;
  // Which events start it; none of the three: not written, which means push and pull requests.
  std::optional<DraftFilter> on_push;
  std::optional<DraftFilter> on_pull_request;
  bool on_manual = false;
  DraftEnv env;
  DraftClone clone;
  std::vector<DraftStep> steps;
};

// The text of the file.
std::string WriteDraft(const DraftPipeline& draft);

// A scalar of YAML that is this text: plain where that is safe, else in double quotes.
std::string YamlScalar(std::string_view text);

// Names for steps, made of any text: allowed and all different.
class DraftNames {
 public:
  std::string Take(std::string_view wanted);

 private:
  DraftTexts taken_;
};

}  // namespace pipeline
