#include "runtime/base/pins.h"

#include <optional>
#include <sstream>
#include <system_error>

#include "runtime/base/files.h"

namespace runtime::base {
namespace fs = std::filesystem;
namespace {

constexpr char kFile[] = "pins";

const char* Word(PinKind kind) { return kind == PinKind::kImage ? "image" : "volume"; }

}  // namespace

void WritePins(const fs::path& directory, const std::vector<Pin>& pins) {
  std::string text;
  for (const Pin& pin : pins) {
    text += std::string(Word(pin.kind)) + " " + pin.name + "\n";
  }
  WriteFileAtomically(directory / kFile, text);
}

std::set<std::string> PinnedNames(const StateDir& state, PinKind kind) {
  std::set<std::string> names;
  std::error_code none;  // No directory: nothing was ever kept.
  for (const fs::directory_entry& entry : fs::directory_iterator(state.kept(), none)) {
    std::istringstream lines(ReadFileIfExists(entry.path() / kFile, 1 << 20).value_or(""));
    for (std::string word, name; lines >> word >> name;) {
      if (word == Word(kind)) {
        names.insert(name);
      }
    }
  }
  return names;
}

}  // namespace runtime::base
