#include "pipeline/step_key.h"

#include <gtest/gtest.h>

#include <functional>

namespace pipeline {
namespace {

struct Request {
  CommandAction action;
  CommandRequest request;

  StepKeyParts Parts() {
    request.action = &action;
    return KeyPartsOf(request);
  }
};

Request Usual() {
  Request usual;
  usual.action.argv = {"make", "test"};
  usual.action.limits.memory_bytes = 1024;
  usual.request.env = {{"CFLAGS", "-O2"}, {"RUNNER_RUN_ID", "1"}};
  usual.request.workspace = {"tree", "layer"};
  return usual;
}

TEST(StepKey, IsTheSameForTheSameStep) {
  Request other = Usual();
  other.request.env["RUNNER_RUN_ID"] = "2";
  EXPECT_EQ(KeyOf(Usual().Parts()), KeyOf(other.Parts()));
  EXPECT_EQ(KeyOf(Usual().Parts()).size(), 64u);
  EXPECT_EQ(WhatChanged(Usual().Parts(), other.Parts()), "");
}

TEST(StepKey, ChangesWithAllThatAResultFollowsFrom) {
  const std::vector<std::pair<std::string, std::function<void(Request&)>>> changes = {
      {"command",
       [](Request& r) {
         r.action.argv = {"make", "te", "st"};
       }},
      {"workspace", [](Request& r) { r.request.workspace = {"tree"}; }},
      {"env CFLAGS", [](Request& r) { r.request.env["CFLAGS"] = "-O3"; }},
      {"env NEW", [](Request& r) { r.request.env["NEW"] = ""; }},
      {"limit memory", [](Request& r) { r.action.limits.memory_bytes = 2048; }},
      {"network", [](Request& r) { r.action.network = Network::kNone; }},
      {"egress", [](Request& r) { r.action.egress.emplace(); }},
      {"user", [](Request& r) { r.action.user = "nobody"; }},
      {"service db: image", [](Request& r) {
         r.action.services.emplace_back().name = "db";
         r.action.services[0].image = "postgres";
       }}};
  for (const auto& [name, change] : changes) {
    Request changed = Usual();
    change(changed);
    EXPECT_NE(KeyOf(Usual().Parts()), KeyOf(changed.Parts())) << name;
    EXPECT_NE(WhatChanged(Usual().Parts(), changed.Parts()).find(name), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace pipeline
