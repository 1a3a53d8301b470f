#include "runner/masking_backend.h"

#include "runner/masked_log.h"
#include "runtime/base/error.h"

namespace runner {

template <typename F>
auto MaskingBackend::Call(F&& f) const -> decltype(f()) {
  try {
    return f();
  } catch (const runtime::base::Error& e) {
    throw runtime::base::Error(e.kind(), masker_.Mask(e.what()), e.errno_value());
  }
}

void MaskingBackend::Mask(pipeline::StepResult& result) const {
  result.reason = masker_.Mask(result.reason);
  result.summary = masker_.Mask(result.summary);
  for (auto& [key, value] : result.outputs) {
    value = masker_.Mask(value);
  }
}

pipeline::Checkout MaskingBackend::CheckOut(const pipeline::TriggerEvent& event,
                                            pipeline::StepLog& log, std::stop_token stop) {
  MaskedLog masked(log, masker_);
  return Call([&] { return backend_.CheckOut(event, masked, std::move(stop)); });
}

pipeline::Checkout MaskingBackend::CheckOutAs(const pipeline::CloneSpec& clone,
                                              const pipeline::TriggerEvent& event,
                                              const pipeline::Checkout& first,
                                              pipeline::StepLog& log, std::stop_token stop) {
  MaskedLog masked(log, masker_);
  return Call([&] { return backend_.CheckOutAs(clone, event, first, masked, std::move(stop)); });
}

std::optional<std::vector<std::string>> MaskingBackend::ChangedPaths(
    const pipeline::TriggerEvent& event, const pipeline::Checkout& checkout, std::stop_token stop) {
  return Call([&] { return backend_.ChangedPaths(event, checkout, std::move(stop)); });
}

std::optional<std::string> MaskingBackend::ReadFile(const pipeline::WorkspaceLayers& workspace,
                                                    std::string_view path, size_t max_bytes) {
  return Call([&] { return backend_.ReadFile(workspace, path, max_bytes); });
}

std::vector<std::string> MaskingBackend::ListFiles(const pipeline::WorkspaceLayers& workspace,
                                                   std::string_view directory, size_t max) {
  return Call([&] { return backend_.ListFiles(workspace, directory, max); });
}

pipeline::CommandEnd MaskingBackend::RunCommand(const pipeline::CommandRequest& request,
                                                pipeline::StepLog& log, std::stop_token stop) {
  MaskedLog masked(log, masker_);
  pipeline::CommandEnd end =
      Call([&] { return backend_.RunCommand(request, masked, std::move(stop)); });
  Mask(end.result);
  return end;
}

// What it gets went through RunCommand().
void MaskingBackend::KeepResult(const pipeline::CommandRequest& request,
                                const pipeline::StepResult& result, pipeline::StepLog& log) {
  MaskedLog masked(log, masker_);
  Call([&] { backend_.KeepResult(request, result, masked); });
}

pipeline::StepResult MaskingBackend::BuildImage(const pipeline::ImageBuildRequest& request,
                                                pipeline::StepLog& log, std::stop_token stop) {
  MaskedLog masked(log, masker_);
  pipeline::StepResult result =
      Call([&] { return backend_.BuildImage(request, masked, std::move(stop)); });
  Mask(result);
  return result;
}

pipeline::StepResult MaskingBackend::PushImage(const pipeline::PushRequest& request,
                                               pipeline::StepLog& log, std::stop_token stop) {
  MaskedLog masked(log, masker_);
  pipeline::StepResult result =
      Call([&] { return backend_.PushImage(request, masked, std::move(stop)); });
  Mask(result);
  return result;
}

std::optional<std::string> MaskingBackend::FindConflict(const std::string& layer_a,
                                                        const std::string& layer_b) {
  std::optional<std::string> path = Call([&] { return backend_.FindConflict(layer_a, layer_b); });
  return path ? std::optional(masker_.Mask(*path)) : std::nullopt;
}

void MaskReport(const Masker& masker, pipeline::TestReport& report) {
  if (masker.empty()) {
    return;
  }
  const auto mask = [&](std::string& text) { text = masker.Mask(text); };
  for (pipeline::TestCase& test : report.cases) {
    for (std::string* text : {&test.suite, &test.class_name, &test.name, &test.file, &test.message,
                              &test.details, &test.output}) {
      mask(*text);
    }
  }
  for (std::string& warning : report.warnings) {
    mask(warning);
  }
}

}  // namespace runner
