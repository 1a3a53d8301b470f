#include <fcntl.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "runner/cli.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/base/state_dir.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/image_store.h"
#include "runtime/image/import.h"

namespace runner {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::image::Image;
using runtime::image::ImageStore;
using runtime::image::ImportOptions;
using runtime::image::Reference;

// https://reproducible-builds.org/specs/source-date-epoch/
std::optional<int64_t> SourceDateEpoch() {
  const char* text = std::getenv("SOURCE_DATE_EPOCH");
  if (text == nullptr || *text == '\0') {
    return std::nullopt;
  }
  const std::string_view digits = text;
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc() || end != digits.data() + digits.size() || seconds < 0) {
    throw Error(ErrorKind::kUsage, "SOURCE_DATE_EPOCH must be seconds since 1970, not \"" +
                                       runtime::base::ForMessage(digits.substr(0, 100)) + "\"");
  }
  return seconds;
}

Image Import(const ImageStore& store, const std::string& source, const ImportOptions& options) {
  if (source == "-") {
    if (::isatty(STDIN_FILENO) == 1) {
      throw Error(ErrorKind::kUsage, "an archive isn't read from a terminal; redirect one");
    }
    return runtime::image::ImportTar(store, STDIN_FILENO, options);
  }
  if (std::filesystem::is_directory(source)) {
    return runtime::image::ImportDirectory(store, source, options);
  }
  return runtime::image::ImportTar(store, runtime::base::OpenFile(source, O_RDONLY).get(), options);
}

}  // namespace

int ImageImportMain(std::vector<std::string> args) {
  std::string source;
  std::string name_text;
  std::string message;
  std::vector<std::string> changes;
  return RunVerb(
      "image import", "Makes an image of one layer from a root file system", std::move(args),
      [&](CLI::App& app) {
        app.add_option("SOURCE", source,
                       "A tar archive (also with gzip or zstd), a directory, or - for an archive "
                       "on standard input")
            ->required();
        app.add_option("NAME", name_text, "Its name: [HOST[:PORT]/]PATH[:TAG]");
        app.add_option("-c,--change", changes,
                       "A Dockerfile instruction for the config (CMD, ENTRYPOINT, ENV, EXPOSE, "
                       "HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR); may be "
                       "repeated")
            ->expected(1)
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        app.add_option("-m,--message", message, "A comment for the image's history");
        app.footer(
            "The image's time is SOURCE_DATE_EPOCH, else its newest file's: the same input makes "
            "the same image.\n"
            "Example: runner image import --change 'CMD [\"/bin/sh\"]' rootfs.tar.zst debian:12");
      },
      [&](const Globals& globals) {
        std::optional<Reference> name;
        if (!name_text.empty()) {
          name = NameForImage(name_text);
        }
        ImportOptions options;
        options.message = message;
        options.created = SourceDateEpoch();
        for (const std::string& change : changes) {
          runtime::image::AddInstruction(change, options.changes);
        }
        const ImageStore store{OpenState(globals.root)};
        const auto hold = store.Hold();
        const Image image = runtime::base::WithContext(
            "import " + source, [&] { return Import(store, source, options); });
        if (name) {
          store.Tag(image.manifest.digest, *name);
        }
        std::puts(image.manifest.digest.ToString().c_str());
        return kExitPassed;
      });
}

}  // namespace runner
