// MaskingBackend: keeps secrets out of all that a backend says: logs, reasons, outputs, errors.
//
// Everything that is shown or kept of a run comes from its backend, so nothing above this place
// knows a secret. Test reports are masked once they are read (MaskReport), since their encoding is
// the reader's to undo.
#pragma once

#include "pipeline/step_backend.h"
#include "runner/masker.h"

namespace runner {

class MaskingBackend : public pipeline::StepBackend {
 public:
  // Both outlive the object.
  MaskingBackend(pipeline::StepBackend& backend, Masker& masker)
      : backend_(backend), masker_(masker) {}

  pipeline::Checkout CheckOut(const pipeline::TriggerEvent& event, pipeline::StepLog& log,
                              std::stop_token stop) override;
  pipeline::Checkout CheckOutAs(const pipeline::CloneSpec& clone,
                                const pipeline::TriggerEvent& event,
                                const pipeline::Checkout& first, pipeline::StepLog& log,
                                std::stop_token stop) override;
  std::optional<std::vector<std::string>> ChangedPaths(const pipeline::TriggerEvent& event,
                                                       const pipeline::Checkout& checkout,
                                                       std::stop_token stop) override;
  std::optional<std::string> ReadFile(const pipeline::WorkspaceLayers& workspace,
                                      std::string_view path, size_t max_bytes) override;
  std::vector<std::string> ListFiles(const pipeline::WorkspaceLayers& workspace,
                                     std::string_view directory, size_t max) override;
  pipeline::CommandEnd RunCommand(const pipeline::CommandRequest& request, pipeline::StepLog& log,
                                  std::stop_token stop) override;
  void KeepResult(const pipeline::CommandRequest& request, const pipeline::StepResult& result,
                  pipeline::StepLog& log) override;
  pipeline::StepResult BuildImage(const pipeline::ImageBuildRequest& request,
                                  pipeline::StepLog& log, std::stop_token stop) override;
  pipeline::StepResult PushImage(const pipeline::PushRequest& request, pipeline::StepLog& log,
                                 std::stop_token stop) override;
  void EndJob(const std::string& job) override { backend_.EndJob(job); }
  std::optional<std::string> FindConflict(const std::string& layer_a,
                                          const std::string& layer_b) override;

 private:
  void Mask(pipeline::StepResult& result) const;
  // Its Error without secrets.
  template <typename F>
  auto Call(F&& f) const -> decltype(f());

  pipeline::StepBackend& backend_;
  Masker& masker_;
};

// All texts of it.
void MaskReport(const Masker& masker, pipeline::TestReport& report);

}  // namespace runner
