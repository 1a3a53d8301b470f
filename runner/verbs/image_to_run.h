// The image that a container is to be made of: from the store, or pulled first (docker's --pull).
#pragma once

#include <optional>
#include <string>

#include "runner/cli.h"
#include "runtime/image/image_store.h"

namespace runner {

enum class Pull { kMissing, kAlways, kNever };

// Throws Error (kUsage) for another word than missing, always and never.
Pull ParsePull(const std::string& word);

// Throws Error (kUsage) for another platform than this host's: "linux", "linux/amd64".
void RequirePlatform(const std::string& platform);

// The pull is done by runner-main, which loads what that needs. Nothing when it failed: it has said
// why, and `code` is what to exit with. Throws Error when there is no such image.
std::optional<runtime::image::Image> ImageToRun(const runtime::image::ImageStore& store,
                                                const std::string& name, Pull pull,
                                                const Globals& globals, int& code);

}  // namespace runner
