#include "tests/integration/supervise/supervise_fixture.h"

namespace tests {

const char kStays[] =
    "trap 'echo going; sleep 0.1; echo gone; exit 0' TERM\n"
    ": > /tmp/ready-${PWD##*/}; echo ready\n"
    "while :; do sleep 0.01; done\n";

void SuperviseTest::MakeServices(const std::string& image, const Scripts& services,
                                 const std::string& script) {
  std::string make =
      "mkdir -p run sbin etc/service\n"
      "cp " +
      (build() / "libexec/runner/runner-init").string() + " sbin/\n";
  for (const auto& [name, run] : services) {
    const std::string directory = "etc/service/" + name;
    make += "mkdir " + directory + "\ncat > " + directory + "/run <<'END'\n#!/bin/sh\n" + run +
            "\nEND\nchmod +x " + directory + "/run\n";
  }
  MakeImage(image, make + script, {"ENTRYPOINT [\"/sbin/runner-init\", \"--\"]"});
}

}  // namespace tests
