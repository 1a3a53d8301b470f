#include <array>

#include "runner/dispatch.h"
#include "runner/verbs/image_verbs.h"
#include "runner/verbs/verbs.h"

namespace runner {
namespace {

constexpr std::array kImageVerbs = {
    VerbEntry{"import", ImageImportMain, "Make an image from a root file system"},
    VerbEntry{"inspect", ImageInspectMain, "Show all about images, as JSON"},
    VerbEntry{"load", ImageLoadMain, "Take images from an archive"},
    VerbEntry{"ls", ImageLsMain, "List images"},
    VerbEntry{"pull", ImagePullMain, "Fetch an image from a registry"},
    VerbEntry{"push", ImagePushMain, "Send an image to a registry"},
    VerbEntry{"rm", ImageRmMain, "Remove images"},
    VerbEntry{"save", ImageSaveMain, "Write images to an archive"},
    VerbEntry{"tag", ImageTagMain, "Give an image one more name"},
};

}  // namespace

int ImageMain(std::vector<std::string> args) {
  return Dispatch("runner image", kImageVerbs, std::move(args));
}

}  // namespace runner
