#include "pipeline/key_table.h"

namespace pipeline {
namespace {

constexpr ForeignKey kForeign[] = {
    {"script", "write `run:` with the shell text", "run"},
    {"before_script", "write these lines first in `run:`", ""},
    {"after_script", "write it as a step of `finally:`", ""},
    {"commands", "write `run:` with the shell text or a list of lines", "run"},
    {"command", "write `run:` for shell text or `argv:` for one program", ""},
    {"uses", "there are no actions; write `image:` and `run:`", ""},
    {"with", "there are no actions; pass values with `env:`", ""},
    {"runs-on", "write `image:` with the container image of the step", ""},
    {"container", "write `image:` with the container image of the step", "image"},
    {"stages", "write `steps:`; the order of the list, or `needs:`, is the order of the run", ""},
    {"stage", "the order of `steps:`, or `needs:`, is the order of the run", ""},
    {"jobs", "write `steps:`; each step is one container", ""},
    {"pipeline", "write `steps:`", ""},
    {"variables", "write `env:`", "env"},
    {"environment", "write `env:`", "env"},
    {"depends_on", "write `needs:`", "needs"},
    {"dependencies", "write `needs:`", "needs"},
    {"when", "write `if:` with an expression, or `on:` at the top of the file", ""},
    {"only", "write `if:` with an expression, or `on:` at the top of the file", ""},
    {"except", "write `if:` with an expression, or `on:` at the top of the file", ""},
    {"rules", "write `if:` with an expression", ""},
    {"continue-on-error", "write `allow-failure: true`", "allow-failure"},
    {"failure", "write `allow-failure: true`", ""},
    {"timeout-minutes", "write `timeout:` with a unit, such as `timeout: 10m`", "timeout"},
    {"working-directory", "write `workdir:`", "workdir"},
    {"permissions", "a run has no token; name what a step may read with `secrets:`", ""},
};

}  // namespace

const ForeignKey* FindForeignKey(std::string_view name) {
  for (const ForeignKey& key : kForeign) {
    if (key.name == name) {
      return &key;
    }
  }
  return nullptr;
}

}  // namespace pipeline
