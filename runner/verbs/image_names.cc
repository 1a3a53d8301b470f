#include <cstdio>

#include "runner/cli.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/state_dir.h"
#include "runtime/base/terminal_text.h"
#include "runtime/image/image_store.h"

namespace runner {
namespace {

using runtime::base::Digest;
using runtime::base::Error;
using runtime::base::ErrorKind;
using runtime::image::Image;
using runtime::image::ImageStore;
using runtime::image::Reference;

void SayWhetherDeleted(const ImageStore& store, const Digest& digest) {
  if (!store.HasBlob(digest)) {
    std::printf("Deleted: %s\n", digest.ToString().c_str());
  }
}

// False when there is no such name.
bool RemoveName(const ImageStore& store, const Reference& name) {
  std::optional<Digest> digest;
  try {
    if (const std::optional<Image> image = store.Find(name.ToString())) {
      digest = image->manifest.digest;
    }
  } catch (const Error&) {
    // Damaged: removing it is the way out.
  }
  try {
    store.Untag(name);
  } catch (const Error& e) {
    if (e.kind() == ErrorKind::kNotFound) {
      return false;
    }
    throw;
  }
  std::printf("Untagged: %s\n", name.ToString().c_str());
  if (digest) {
    SayWhetherDeleted(store, *digest);
  }
  return true;
}

// The image that `digits` name, with all its names.
void RemoveImage(const ImageStore& store, const std::string& digits, bool force) {
  const Digest digest = store.Get(digits).manifest.digest;
  std::vector<std::string> names;
  for (const ImageStore::Tagged& tagged : store.List()) {
    if (tagged.digest == digest) {
      names.push_back(tagged.name);
    }
  }
  if (names.size() > 1 && !force) {
    std::string list;
    for (const std::string& name : names) {
      list += " " + name;
    }
    throw Error(ErrorKind::kUsage, "remove image " + digits + ": it has " +
                                       std::to_string(names.size()) + " names (" + list.substr(1) +
                                       "); remove them all with --force");
  }
  store.Remove(digest);
  for (const std::string& name : names) {
    std::printf("Untagged: %s\n", name.c_str());
  }
  SayWhetherDeleted(store, digest);
}

void RemoveNameOrImage(const ImageStore& store, const std::string& text, bool force) {
  const std::optional<Reference> name = Reference::Parse(text);
  if (!name || name->digest || !RemoveName(store, *name)) {
    RemoveImage(store, text, force);
  }
}

}  // namespace

Reference NameForImage(const std::string& text) {
  std::optional<Reference> name = Reference::Parse(text);
  if (!name || name->digest) {
    throw Error(ErrorKind::kUsage, "\"" + runtime::base::ForMessage(text.substr(0, 300)) +
                                       "\" can't be the name of an image (form: "
                                       "[HOST[:PORT]/]PATH[:TAG])");
  }
  return *std::move(name);
}

int ImageTagMain(std::vector<std::string> args) {
  std::string source;
  std::string target;
  return RunVerb(
      "image tag", "Gives an image one more name", std::move(args),
      [&](CLI::App& app) {
        app.add_option("IMAGE", source, "Name or digest of an image")->required();
        app.add_option("NAME", target, "The new name: [HOST[:PORT]/]PATH[:TAG]")->required();
      },
      [&](const Globals& globals) {
        const ImageStore store{OpenState(globals.root)};
        const Reference name = NameForImage(target);
        store.Tag(store.Get(source).manifest.digest, name);
        return kExitPassed;
      });
}

int ImageRmMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  bool force = false;
  return RunVerb(
      "image rm",
      "Removes names of images; with its last name an image goes, and what only it needed",
      std::move(args),
      [&](CLI::App& app) {
        app.add_option("IMAGE", names, "Name, digest or first digits of an image")->required();
        app.add_flag("-f,--force", force, "An image named by digits goes with all its names");
      },
      [&](const Globals& globals) {
        const ImageStore store{OpenState(globals.root)};
        std::optional<Error> failure;
        for (const std::string& name : names) {
          try {
            RemoveNameOrImage(store, name, force);
          } catch (const Error& e) {
            failure = failure
                          ? Error(failure->kind(), std::string(failure->what()) + "\n" + e.what())
                          : e;
          }
        }
        if (failure) {
          throw *failure;
        }
        return kExitPassed;
      });
}

}  // namespace runner
