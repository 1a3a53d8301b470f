// LocalRun: one run on this host, in containers. `runner exec` and the server make this very call.
#pragma once

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>

#include "pipeline/run.h"
#include "runner/checkout_source.h"
#include "runner/credential_source.h"
#include "runner/resume.h"
#include "runner/run_images.h"
#include "runtime/container/host.h"
#include "runtime/network/ip_address.h"

namespace runner {

struct LocalRunOptions {
  pipeline::RunOptions pipeline;  // run_id set; read_reports is filled in here
  bool local_sources = false;     // clone from a path or file:// too
  CredentialSource credential;    // null: clone without
  CheckoutSource source;          // null: clone what the event names
  std::string clone_from;         // a repository in place of the event's; empty: that
  RunImages::Pinned pinned;       // of a replay
  // Name to reference (secret_reference.h) of what steps may be given.
  std::map<std::string, std::string> secrets;
  bool keep = false;  // what steps change stays although the run passes (kept_runs.h)
  Resume resume;      // for a run that goes on from another
  // What steps reach although it is private or the host's own.
  std::vector<runtime::network::IpNetwork> network_allow;
  std::vector<std::filesystem::path> volume_allow;  // paths of this host that they may mount
};

// Keeps the run in runs/ID (run_directory.h), ends it when another process asks for that
// (run_control.h), and tells `observer`, with the run's end last. Of one that waits
// (RunSummary::waits) nothing is kept. Throws
// Error when the run can't even begin (the state directory can't be written).
pipeline::RunSummary RunHere(runtime::container::Host& host, const pipeline::TriggerEvent& event,
                             LocalRunOptions options, pipeline::RunObserver& observer,
                             std::stop_token stop);

}  // namespace runner
