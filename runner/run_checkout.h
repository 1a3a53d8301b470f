// RunCheckout: what one run asks of the git container: its checkout, and what the event changed.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "pipeline/step_backend.h"
#include "runner/credential_source.h"
#include "runner/masker.h"
#include "runtime/container/host.h"
#include "runtime/git/git_container.h"
#include "runtime/git/submodules.h"
#include "runtime/layer/layer_store.h"

namespace runner {

// All calls throw Error.
class RunCheckout {
 public:
  // All are borrowed; `masker` is told the credential before anything is given it. `local_sources`:
  // paths of this host may be cloned from; `credential`: null for none; `instead`: the repository
  // to take everything from in place of the event's, empty for that one.
  RunCheckout(runtime::container::Host& host, const runtime::layer::LayerStore& layers,
              bool local_sources, CredentialSource credential, std::string instead, Masker& masker)
      : host_(host),
        layers_(layers),
        local_sources_(local_sources),
        credential_(std::move(credential)),
        instead_(std::move(instead)),
        masker_(masker) {}

  pipeline::Checkout CheckOut(const pipeline::TriggerEvent& event, pipeline::StepLog& log,
                              std::stop_token stop) const;

  // As StepBackend says. Files of Git LFS and the history are layers above the tree's; parts at
  // several places are one, "clone-HEX": the same parts at the same places are the same.
  // `by_image`: the layer of what the image's git writes upon a history's layer.
  enum class MissingHistory { kIsAnError, kIsLeftOut };  // of a repository that isn't to be had
  using ByImage = std::function<runtime::layer::LayerId(const std::string& image,
                                                        const runtime::layer::LayerId& history)>;
  pipeline::Checkout CheckOutAs(const pipeline::CloneSpec& clone,
                                const pipeline::TriggerEvent& event,
                                const pipeline::Checkout& first, MissingHistory missing,
                                const ByImage& by_image, pipeline::StepLog& log,
                                const std::stop_token& stop) const;
  // As StepBackend says.
  std::optional<std::vector<std::string>> ChangedPaths(const pipeline::TriggerEvent& event,
                                                       const pipeline::Checkout& checkout,
                                                       std::stop_token stop) const;

 private:
  // What `clone` asks for beside the tree, which is the only one of `parts`.
  void AddToParts(const pipeline::CloneSpec& clone, runtime::git::CheckoutRequest request,
                  pipeline::StepLog& log, const std::stop_token& stop, pipeline::Checkout& checkout,
                  std::vector<runtime::git::PlacedCheckout>& parts) const;
  // The checkout's, when it isn't there yet.
  runtime::git::CheckedOutHistory History(const pipeline::CloneSpec& clone,
                                          const pipeline::TriggerEvent& event,
                                          const pipeline::Checkout& checkout,
                                          pipeline::StepLog& log,
                                          const std::stop_token& stop) const;
  // The layer of these, made when it is missing.
  runtime::layer::LayerId Join(const std::vector<runtime::git::PlacedCheckout>& parts) const;
  runtime::git::CheckoutRequest RequestFor(const pipeline::TriggerEvent& event) const;

  runtime::container::Host& host_;
  const runtime::layer::LayerStore& layers_;
  const bool local_sources_;
  const CredentialSource credential_;
  const std::string instead_;
  Masker& masker_;
};

}  // namespace runner
