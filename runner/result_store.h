// ResultStore: what steps of earlier runs left, for steps that would do the same again.
//
//   results/STEP/KEY     one result, JSON; STEP: SHA-256 of whose step it is, KEY: of its inputs
//   layers/result-KEY    what it changed in the workspace; missing where that is nothing
//
// The layer is made of hard links to the run's own, and the run that takes it gets links again:
// layers never change, and each of the three goes when its own time is over. Who reads or writes in
// a STEP holds a lock on that directory. A record is written before its layer and removed after it:
// one without its layer is a crash's, and a miss.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "pipeline/step_key.h"
#include "runtime/base/state_dir.h"
#include "runtime/layer/layer_store.h"

namespace runner {

// Of a step that passed.
struct KeptResult {
  std::string run;  // that made it
  std::map<std::string, std::string> outputs;
  std::string summary;
};

// Whose step it is: results of one are never another's.
std::string ResultOwner(const std::string& clone_url, const std::string& step);

// Thread-safe; several processes may work on the same state directory.
class ResultStore {
 public:
  // Of one step, the newest.
  static constexpr size_t kMaxResults = 8;

  explicit ResultStore(const runtime::base::StateDir& state) : state_(state), layers_(state) {}

  // The result that `step` (as ResultOwner() says it) left for these inputs. What it changed
  // in the workspace is linked into the directory `files`, which must be empty and in the state
  // directory. Nothing after filling `why_not`, for people: "env CFLAGS isn't as in run X". Throws
  // Error when the links can't be made.
  std::optional<KeptResult> Take(std::string_view step, const pipeline::StepKeyParts& parts,
                                 const std::filesystem::path& files, std::string& why_not) const;

  // Keeps it, in place of an earlier one with the same inputs. `made`: the directory of what
  // the step changed in the workspace; empty for nothing. Throws Error.
  void Save(std::string_view step, const pipeline::StepKeyParts& parts, const KeptResult& result,
            const std::filesystem::path& made) const;

  // What Take() may have for a step of which only these inputs are known: the run that left it, or
  // why there is nothing.
  struct Prospect {
    std::string run;
    std::string why_not;
  };
  Prospect Foresee(std::string_view step, const pipeline::StepKeyParts& known) const;

  // Removes the results that weren't used for the longest, until all together have at most so many
  // bytes; what somebody holds stays. Never throws.
  void Prune(uint64_t max_bytes) const noexcept;

 private:
  struct Record;
  std::filesystem::path Path(std::string_view step) const;
  void Remove(const std::filesystem::path& record) const;
  static std::optional<Record> Read(const std::filesystem::path& file);
  static std::string WhyNot(const std::filesystem::path& step,
                            const pipeline::StepKeyParts& digests);

  runtime::base::StateDir state_;
  runtime::layer::LayerStore layers_;
};

}  // namespace runner
