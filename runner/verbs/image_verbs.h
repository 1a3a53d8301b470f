// The verbs of `runner image`.
#pragma once

#include <string>
#include <vector>

#include "runtime/image/reference.h"

namespace runner {

// What an image is to be called. Throws Error (kUsage), also for a name by digest.
runtime::image::Reference NameForImage(const std::string& text);

// image_archive.cc
int ImageLoadMain(std::vector<std::string> args);
int ImageSaveMain(std::vector<std::string> args);

// image_import.cc
int ImageImportMain(std::vector<std::string> args);

// image_list.cc
int ImageInspectMain(std::vector<std::string> args);
int ImageLsMain(std::vector<std::string> args);

// image_names.cc
int ImageRmMain(std::vector<std::string> args);
int ImageTagMain(std::vector<std::string> args);

// image_pull.cc, image_push.cc
int ImagePullMain(std::vector<std::string> args);
int ImagePushMain(std::vector<std::string> args);

}  // namespace runner
