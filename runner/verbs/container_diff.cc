// runner container diff: what a container changed in its image's files.
#include <nlohmann/json.hpp>

#include <cstdio>

#include "runner/cli.h"
#include "runner/listing.h"
#include "runner/verbs/container_verbs.h"
#include "runtime/base/terminal_text.h"
#include "runtime/container/mount_plan.h"
#include "runtime/layer/changes.h"
#include "runtime/lifecycle/store.h"

namespace runner {
namespace {

namespace base = runtime::base;
namespace lifecycle = runtime::lifecycle;
using nlohmann::json;
using runtime::layer::Change;

char Letter(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::kAdded:
      return 'A';
    case Change::Kind::kChanged:
      return 'C';
    case Change::Kind::kDeleted:
      break;
  }
  return 'D';
}

}  // namespace

int ContainerDiffMain(std::vector<std::string> args) {
  std::string name;
  bool as_json = false;
  return RunVerb(
      "container diff", "Shows what a container changed in its image's files", std::move(args),
      [&](CLI::App& app) {
        app.add_option("CONTAINER", name, "Name, id or first digits")->required();
        app.add_flag("--json", as_json, "A JSON list in place of the lines");
        app.footer("A: added, C: changed, D: deleted. Volumes aren't part of it.");
      },
      [&](const Globals& globals) {
        const lifecycle::Store store{OpenState(globals.root)};
        const lifecycle::Kept kept = store.Get(name);
        const std::vector<Change> changes =
            runtime::layer::FindChanges(store.Rootfs(kept.config),
                                        runtime::container::OwnMountPoints(kept.config.spec))
                .list;
        json list = json::array();
        for (const Change& change : changes) {
          const std::string letter(1, Letter(change.kind));
          if (as_json) {
            list.push_back({{"Kind", letter}, {"Path", change.path}});
          } else {
            std::printf("%s %s\n", letter.c_str(), base::ForMessage(change.path).c_str());
          }
        }
        if (as_json) {
          PrintJson(list);
        }
        return kExitPassed;
      });
}

}  // namespace runner
