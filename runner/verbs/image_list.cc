#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "runner/cli.h"
#include "runner/listing.h"
#include "runner/table.h"
#include "runner/verbs/image_verbs.h"
#include "runtime/base/clock.h"
#include "runtime/base/error.h"
#include "runtime/base/state_dir.h"
#include "runtime/base/units.h"
#include "runtime/image/config.h"
#include "runtime/image/image_store.h"

namespace runner {
namespace {

using nlohmann::json;
using runtime::base::Digest;
using runtime::base::Error;
using runtime::image::Descriptor;
using runtime::image::Image;
using runtime::image::ImageStore;

constexpr size_t kShortId = 12;

uint64_t SizeOf(const Image& image) {
  uint64_t size = image.manifest.size + image.config_blob.size;
  for (const Descriptor& blob : image.blobs) {
    size += blob.size;
  }
  return size;
}

std::string TimeOf(int64_t seconds) {
  return runtime::base::FormatTime(runtime::base::Clock::WallTime(std::chrono::seconds(seconds)));
}

struct Row {
  std::string repository;
  std::string tag;
  Image image;
};

std::vector<std::string> Names(const ImageStore& store, const Digest& digest) {
  std::vector<std::string> names;
  for (const ImageStore::Tagged& tagged : store.List()) {
    if (tagged.digest == digest) {
      names.push_back(tagged.name);
    }
  }
  return names;
}

// Rows of what can be read; what can't is told on standard error, and `damaged` is set.
std::vector<Row> Rows(const ImageStore& store, bool all, bool& damaged) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& name, const Digest& digest) {
    try {
      const size_t colon = name.rfind(':');
      rows.push_back({name.substr(0, colon), name.substr(colon + 1), store.Get(digest.ToString())});
    } catch (const Error& e) {
      damaged = true;
      std::fprintf(stderr, "runner: %s: %s\n", name.c_str(), e.what());
    }
  };
  const std::vector<ImageStore::Tagged> tagged = store.List();
  for (const ImageStore::Tagged& item : tagged) {
    add(item.name, item.digest);
  }
  if (all) {
    for (const Digest& digest : store.ListImages()) {
      if (std::none_of(tagged.begin(), tagged.end(),
                       [&](const ImageStore::Tagged& item) { return item.digest == digest; })) {
        add("<none>:<none>", digest);
      }
    }
  }
  return rows;
}

void PrintRows(const std::vector<Row>& rows) {
  std::vector<std::vector<std::string>> lines = {
      {"REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE"}};
  for (const Row& row : rows) {
    lines.push_back({row.repository, row.tag, row.image.manifest.digest.hex().substr(0, kShortId),
                     TimeOf(row.image.config.created),
                     runtime::base::FormatSize(SizeOf(row.image))});
  }
  PrintTable(std::move(lines));
}

void PrintRowsAsJson(const std::vector<Row>& rows) {
  json list = json::array();
  for (const Row& row : rows) {
    list.push_back({{"repository", row.repository},
                    {"tag", row.tag},
                    {"digest", row.image.manifest.digest.ToString()},
                    {"created", TimeOf(row.image.config.created)},
                    {"size", SizeOf(row.image)}});
  }
  PrintJson(list);
}

json Inspect(const ImageStore& store, const Image& image) {
  json layers = json::array();
  for (size_t i = 0; i < image.blobs.size(); ++i) {
    layers.push_back({{"MediaType", image.blobs[i].media_type},
                      {"Digest", image.blobs[i].digest.ToString()},
                      {"Size", image.blobs[i].size},
                      {"ChainId", "sha256:" + image.layers[i]},
                      {"Unpacked", store.layers().Has(image.layers[i])}});
  }
  const json config = json::parse(runtime::image::FormatConfig(image.config));
  return {{"Id", image.manifest.digest.ToString()},
          {"RepoTags", Names(store, image.manifest.digest)},
          {"MediaType", image.manifest.media_type},
          {"ConfigDigest", image.config_blob.digest.ToString()},
          {"Created", TimeOf(image.config.created)},
          {"Author", image.config.author},
          {"Architecture", image.config.architecture},
          {"Os", image.config.os},
          {"Size", SizeOf(image)},
          {"Config", config.at("config")},
          {"RootFS", {{"Type", "layers"}, {"Layers", config.at("rootfs").at("diff_ids")}}},
          {"History", config.value("history", json::array())},
          {"Layers", std::move(layers)}};
}

}  // namespace

int ImageLsMain(std::vector<std::string> args) {
  bool as_json = false;
  bool all = false;
  return RunVerb(
      "image ls", "Lists images (-q: only their digests)", std::move(args),
      [&](CLI::App& app) {
        app.add_flag("--json", as_json, "A JSON list in place of the table");
        app.add_flag("-a,--all", all, "Images without a name too");
      },
      [&](const Globals& globals) {
        const ImageStore store{OpenState(globals.root)};
        bool damaged = false;
        const std::vector<Row> rows = Rows(store, all, damaged);
        if (as_json) {
          PrintRowsAsJson(rows);
        } else if (globals.quiet) {
          for (const Row& row : rows) {
            std::puts(row.image.manifest.digest.ToString().c_str());
          }
        } else {
          PrintRows(rows);
        }
        return damaged ? kExitOurs : kExitPassed;
      });
}

int ImageInspectMain(std::vector<std::string> args) {
  std::vector<std::string> names;
  return RunVerb(
      "image inspect", "Shows all about images, as a JSON list", std::move(args),
      [&](CLI::App& app) {
        app.add_option("IMAGE", names, "Name, digest or first digits of an image")->required();
      },
      [&](const Globals& globals) {
        const ImageStore store{OpenState(globals.root)};
        json list = json::array();
        for (const std::string& name : names) {
          list.push_back(Inspect(store, store.Get(name)));
        }
        PrintJson(list);
        return kExitPassed;
      });
}

}  // namespace runner
