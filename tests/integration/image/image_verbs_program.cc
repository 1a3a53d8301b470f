// `runner image` and nothing else.
#include <array>

#include "runner/dispatch.h"
#include "runner/verbs/verbs.h"

int main(int argc, char** argv) {
  static constexpr std::array kVerbs = {runner::VerbEntry{"image", runner::ImageMain, "Images"}};
  return runner::Dispatch("runner", kVerbs, std::vector<std::string>(argv + 1, argv + argc));
}
