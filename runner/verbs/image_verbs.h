// The verbs of `runner image`.
#pragma once

#include <string>
#include <vector>

namespace runner {

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

}  // namespace runner
