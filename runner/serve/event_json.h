// A TriggerEvent as the store keeps it.
#pragma once

#include <string>

#include "pipeline/trigger_event.h"

namespace runner::serve {

std::string EventToJson(const pipeline::TriggerEvent& event);

// Throws Error (kInvalid) for anything that EventToJson didn't write.
pipeline::TriggerEvent EventFromJson(const std::string& json);

}  // namespace runner::serve
