#include "pipeline/diagnostic_help.h"

#include <algorithm>

namespace pipeline {
namespace {

constexpr CodeHelp kHelp[] = {
    {"E001", "not UTF-8, or a control or NUL character", "save as UTF-8, remove the character"},
    {"E002", "larger than 1 MiB", "move long scripts into files of the repository"},
    {"E003", "not YAML", "look at indentation, colons and quotes at the place shown"},
    {"E004", "nested deeper than 32 levels, by aliases too", "write it flatter"},
    {"E005", "more than 200,000 values, aliases and merged keys counted each time",
     "write what is needed once"},
    {"E006", "a key twice in one map", "remove one"},
    {"E007", "a tab before a value", "indent with spaces; tabs inside block texts are fine"},
    {"E008", "a tag (`!x`)",
     "remove it; a text that begins with `!`, such as `if: \"!failed()\"`, needs quotes"},
    {"E009", "a key that isn't text, or is missing", "write a text before the colon"},
    {"E010", "a second document after `---`", "one pipeline per file"},
    {"E011", "an alias inside the value that it repeats", "move the anchor"},
    {"E012", "`<<` with something other than a map or a list of maps", "give it an alias of a map"},
    {"E101", "unknown key", "the message names the closest one, or all that are known there"},
    {"E102", "key of another CI system", "the message names ours"},
    {"E103", "documented for a later version", "remove it"},
    {"E104", "wrong shape: a list where a text belongs, and the like",
     "the message says what is expected"},
    {"E105", "a required key is missing, or the file is empty", "write it"},
    {"E106", "the key doesn't go with what the step does, or with another key",
     "remove it, or indent it below `image-build` or `push`"},
    {"E107", "not one of the possible words", "choose one of those named"},
    {"E108", "not a duration", "number and unit: `90s`, `10m`, `1h30m`"},
    {"E109", "not a size", "number and unit: `512MiB`, `1GiB`"},
    {"E110", "not a number, a whole number, or true/false", "as the message says"},
    {"E111", "not a possible name, port or command, an empty one, or one that is too long",
     "as the message says"},
    {"E112", "a name that is the runner's own (`clone`, `RUNNER_*`)", "choose another"},
    {"E199", "more than a hundred findings", "repair those shown first"},
    {"E201", "a step does nothing", "write one of `run`, `argv`, `image-build`, `push`"},
    {"E202", "a step does several things", "make it several steps"},
    {"E203", "no steps", "write one"},
    {"E204", "two steps of one name in a list, or a service of all steps with the name of a step",
     "rename one"},
    {"E205",
     "a matrix with an axis without values, a value twice, an axis that isn't there, or nothing "
     "left",
     "as the message says"},
    {"E206", "more than 256 cells of a matrix, or 10,000 steps by it", "take values out"},
    {"E301", "`needs` or an expression names a step that isn't there",
     "the message names the closest one"},
    {"E302", "a step waits for itself", "remove it"},
    {"E303", "steps wait for each other in a circle",
     "the message shows the circle and why each waits"},
    {"E304", "`steps.NAME.image` of a step that builds no image", "name an `image-build` step"},
    {"E305", "a step waits for one of `finally`", "those begin when all others have ended"},
    {"E306", "an image or output of a step that a matrix runs several times",
     "only `steps.NAME.outcome` stands for all"},
    {"E401", "not an expression", "look at the place shown"},
    {"E402", "unknown name", "the message names the closest one"},
    {"E403", "text of strangers in shell text",
     "give it to a variable in `env:` and use `\"$NAME\"`"},
    {"E404", "an expression, or that name, can't be used here", "as the message says"},
    {"E501", "a path that leaves the workspace, or isn't absolute where it must be",
     "as the message says"},
    {"E502", "not a glob for names",
     "`*`, `**`, `?`, `[a-z]`; names are left out with `branches-ignore`"},
    {"E504", "not an image or repository that can be pushed",
     "`image: ${{ steps.NAME.image }}`, `to: registry/path`"},
    {"E505", "not a tag", "letters, digits, `_`, `.`, `-`, at most 128"},
    {"E506", "not a schedule, or more than 20 of them",
     "five fields, as `cron` has them: `30 3 * * 1-5`"},
    {"E507", "not a volume", "`NAME:/path[:ro]`, `tmpfs:/path[:SIZE]`, `./dir:/path[:ro]`"},
    {"E601", "the pipeline file isn't there", "write `.runner.yml`, or several in `.runner`"},
    {"E602", "a pipeline file is there as `.yml` and as `.yaml`", "remove one"},
    {"E603", "`--step` names a step that isn't there", "the message names the closest one"},
    {"E604", "`--matrix` names a value that no matrix of the file has",
     "the message names the closest one"},
    {"E605", "`--input` gives what the file doesn't take, or a required input is missing",
     "as the message says"},
    {"E606", "`.runner` has more than 200 files, each of which may be a pipeline",
     "put what isn't one into another directory"},
    {"E607", "two pipelines of one name", "give one of them another `name`"},
};

}  // namespace

std::span<const CodeHelp> CodeHelps() { return kHelp; }

const CodeHelp* FindCodeHelp(std::string_view code) {
  const auto* const found = std::find_if(std::begin(kHelp), std::end(kHelp),
                                         [&](const CodeHelp& help) { return help.code == code; });
  return found == std::end(kHelp) ? nullptr : found;
}

}  // namespace pipeline
