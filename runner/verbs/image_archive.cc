#include <fcntl.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "runner/cli.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/state_dir.h"
#include "runtime/image/image_store.h"
#include "runtime/image/load.h"
#include "runtime/image/save.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::image::ImageStore;
using runtime::image::LoadedImage;
using runtime::image::Reference;
using runtime::image::SavedImage;

// The name that the archive shall carry: none for an image that was named by digest.
std::string ArchiveName(const std::string& text) {
  const std::optional<Reference> name = Reference::Parse(text);
  return name && !name->digest ? name->ToString() : std::string();
}

std::vector<SavedImage> Find(const ImageStore& store, const std::vector<std::string>& names) {
  std::vector<SavedImage> images;
  for (const std::string& text : names) {
    SavedImage saved{store.Get(text), ArchiveName(text)};
    // First digits look like a name, but are none.
    const std::optional<Reference> name = Reference::Parse(saved.name);
    if (name && !store.HasName(*name)) {
      saved.name.clear();
    }
    images.push_back(std::move(saved));
  }
  return images;
}

// Beside the target first, so that a file of this name is a whole archive.
void SaveFile(const ImageStore& store, const std::vector<SavedImage>& images,
              const fs::path& path) {
  struct stat st;
  if (::stat(path.c_str(), &st) == 0 && !S_ISREG(st.st_mode)) {
    runtime::image::SaveTar(store, images, runtime::base::OpenFile(path, O_WRONLY).get());
    return;
  }
  std::string temporary = path.string() + ".XXXXXX";
  runtime::base::UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd) {
    throw Error::FromErrno("create a file beside " + path.string());
  }
  try {
    runtime::image::SaveTar(store, images, fd.get());
    ::fchmod(fd.get(), 0644);
    fd.Close();
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      throw Error::FromErrno("rename to " + path.string());
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void Save(const ImageStore& store, const std::vector<SavedImage>& images,
          const std::string& output) {
  if (output.empty() || output == "-") {
    if (::isatty(STDOUT_FILENO) == 1) {
      throw Error(ErrorKind::kUsage,
                  "an archive isn't written to a terminal; give --output FILE or redirect");
    }
    runtime::image::SaveTar(store, images, STDOUT_FILENO);
  } else if (output.ends_with('/') || fs::is_directory(output)) {
    runtime::image::SaveDirectory(store, images, output);
  } else {
    SaveFile(store, images, output);
  }
}

std::vector<LoadedImage> Load(const ImageStore& store, const std::string& input) {
  if (input.empty() || input == "-") {
    if (::isatty(STDIN_FILENO) == 1) {
      throw Error(ErrorKind::kUsage,
                  "an archive isn't read from a terminal; give --input FILE or redirect");
    }
    return runtime::image::LoadTar(store, STDIN_FILENO);
  }
  if (fs::is_directory(input)) {
    return runtime::image::LoadDirectory(store, input);
  }
  return runtime::image::LoadTar(store, runtime::base::OpenFile(input, O_RDONLY).get());
}

}  // namespace

int ImageSaveMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  std::string output;
  return RunVerb(
      "image save",
      "Writes images to an archive that is an OCI image layout and a docker archive at once",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("-o,--output", output,
                       "A file (tar), or a directory: one that exists and is empty, or a name "
                       "that ends with /; default: standard output");
        app.add_option("IMAGE", names, "Name, digest or first digits of an image")->required();
      },
      [&](const Globals& globals) {
        const ImageStore store{OpenState(globals.root)};
        const auto hold = store.Hold();
        Save(store, Find(store, names), output);
        return kExitPassed;
      });
}

int ImageLoadMain(std::vector<std::string> args) {
  std::string input;
  return RunVerb(
      "image load", "Takes images from an archive: an OCI image layout or a docker archive",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("-i,--input", input,
                       "A file (tar, also with gzip or zstd) or a directory; default: standard "
                       "input");
      },
      [&](const Globals& globals) {
        const ImageStore store{OpenState(globals.root)};
        const std::vector<LoadedImage> loaded = runtime::base::WithContext(
            "load " + (input.empty() ? "-" : input), [&] { return Load(store, input); });
        for (const LoadedImage& item : loaded) {
          for (const Reference& name : item.names) {
            std::printf("Loaded image: %s\n", name.ToString().c_str());
          }
          if (item.names.empty()) {
            std::printf("Loaded image ID: %s\n", item.image.manifest.digest.ToString().c_str());
          }
        }
        return kExitPassed;
      });
}

}  // namespace runner
