// Runs that go on only where a gate is open: to look at a server while something runs.
#pragma once

#include <string>

#include "tests/integration/runner/serve_fixture.h"
#include "tests/support/git_servers.h"

namespace runner {

class ServeGateTest : public ServeTest {
 protected:
  // Cloned over HTTP. The gate is shut.
  ServeGateTest() {
    SetGate("shut");
    Configure("    clone: " + git_.Url("open/hubot.git") +
              "\n    secrets: {gate: \"file:" + GateFile() + "\"}\n");
  }

  // Two steps, of which the second ends only if the gate is open when it starts.
  static std::string Gated(const std::string& top = "") {
    return "name: ci\n" + top + R"(
steps:
  first: {image: busybox, run: echo one >one, network: none}
  second:
    image: busybox
    network: none
    secrets: [gate]
    run: |
      cat one
      if grep -q open /run/secrets/gate; then echo go on; else echo held; exec sleep 1000; fi
)";
  }
  std::string PushGated(const std::string& top = "") { return PushPipeline(Gated(top)); }
  void OpenGate() const { SetGate("opened"); }
  bool AwaitHeld(const std::string& id) const {
    return serve::AwaitPage(address_, "/runs/" + id + "/log/second", "held");
  }
  bool AwaitPassed(const std::string& id) const {
    return serve::AwaitPage(address_, "/runs/" + id,
                            "<dt>Status</dt><dd><span class=\"status good\">passed</span>");
  }

  tests::GitHttpServer git_{directory_.path()};

 private:
  std::string GateFile() const { return directory_.path() / "gate"; }
  void SetGate(const std::string& state) const {
    runtime::base::WriteFileAtomically(GateFile(), state + "\n");
  }
};

}  // namespace runner
