// A run as a delivery would make it.
#pragma once

#include <string>

#include "runner/serve/run_store.h"

namespace runner::serve {

inline StoredRun MakeRun(const std::string& id) {
  StoredRun run;
  run.id = id;
  run.queued = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
  run.event.repository = "pie/hubot";
  run.event.clone_url = "https://example.org/pie/hubot.git";
  run.event.ref = "refs/heads/a'\"; DROP TABLE runs; --";
  run.event.branch = "a'\"; DROP TABLE runs; --";
  run.event.commit = std::string(40, 'a');
  run.event.title = "Tïtle \xf0\x9f\x98\x80";
  return run;
}

}  // namespace runner::serve
