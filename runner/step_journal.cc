#include "runner/step_journal.h"

#include <fcntl.h>

#include <map>
#include <string>
#include <string_view>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace base = runtime::base;
namespace {

constexpr size_t kMaxJournal = 256u << 20;

}  // namespace

StepJournal::StepJournal(const std::filesystem::path& path)
    : name_(path.string()),
      fd_(base::OpenFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600)) {}

void StepJournal::Append(const reports::StepRecord& step) {
  base::WriteAll(fd_.get(), reports::ToJson(step) + "\n", name_);
}

bool ApplyStepJournal(const std::filesystem::path& path, reports::RunRecord& record) {
  const std::optional<std::string> text = base::ReadFileIfExists(path, kMaxJournal);
  if (!text) {
    return false;
  }
  std::map<std::string, size_t, std::less<>> places;
  for (size_t i = 0; i < record.steps.size(); ++i) {
    places.emplace(record.steps[i].name, i);
  }
  std::string_view rest = *text;
  for (size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    reports::StepRecord step;
    try {
      step = reports::StepRecordFromJson(line);
    } catch (const base::Error&) {
      continue;
    }
    const auto [place, is_new] = places.try_emplace(step.name, record.steps.size());
    if (is_new) {
      record.steps.emplace_back();
    }
    record.steps[place->second] = std::move(step);
  }
  return true;
}

}  // namespace runner
