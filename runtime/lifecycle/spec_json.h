// ContainerSpec as JSON, exactly: reading what was written yields an equal value.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "runtime/container/container_spec.h"

namespace runtime::lifecycle {

nlohmann::json SpecToJson(const container::ContainerSpec& spec);
// Throws nlohmann::json::exception or Error (kInvalid) for what SpecToJson didn't write.
container::ContainerSpec SpecFromJson(const nlohmann::json& from);

// Text that needn't be UTF-8, which JSON text is: a string, or {"hex": "..."}.
nlohmann::json TextToJson(const std::string& text);
std::string TextFromJson(const nlohmann::json& from);
nlohmann::json TextsToJson(const std::vector<std::string>& texts);
std::vector<std::string> TextsFromJson(const nlohmann::json& from);

}  // namespace runtime::lifecycle
