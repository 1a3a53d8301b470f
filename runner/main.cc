// runner-main: every verb that isn't on the start path of a container.
#include <array>

#include "runner/dispatch.h"
#include "runner/verbs/verbs.h"

namespace runner {
namespace {

constexpr std::array kVerbs = {
    VerbEntry{"image", ImageMain, "Images: import, list, tag, save, load, remove"},
    VerbEntry{"version", VersionMain, "Which version this is"},
};

}  // namespace
}  // namespace runner

int main(int argc, char** argv) {
  return runner::Dispatch("runner", runner::kVerbs,
                          std::vector<std::string>(argv + 1, argv + argc));
}
