// libFuzzer: any bytes as the pipeline file of another system. What is made of them is a file of
// ours without a finding, or nothing.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "pipeline/import/import.h"
#include "pipeline/pipeline_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using pipeline::ForeignSystem;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const ForeignSystem system : {ForeignSystem::kGithub, ForeignSystem::kGitlab,
                                     ForeignSystem::kWoodpecker, ForeignSystem::kDrone}) {
    const pipeline::Imported imported = pipeline::ImportPipeline(system, text, "fuzz.yml");
    if (imported.text.empty() && imported.notes.empty()) {
      std::abort();
    }
    if (!imported.text.empty() && !pipeline::ParsePipelineFile(imported.text, "").file) {
      std::abort();
    }
  }
  return 0;
}
