// Where a run's tree comes from, when it isn't just cloned.
#pragma once

#include <functional>
#include <stop_token>

#include "pipeline/step_backend.h"
#include "runtime/layer/layer_store.h"

namespace runner {

// Clones in the git container. Throws Error.
using CloneCall = std::function<pipeline::Checkout(const pipeline::TriggerEvent& event)>;

// The checkout, its layer in the store. Throws Error.
using CheckoutSource = std::function<pipeline::Checkout(
    const runtime::layer::LayerStore& layers, const CloneCall& clone, pipeline::StepLog& log,
    const std::stop_token& stop)>;

}  // namespace runner
