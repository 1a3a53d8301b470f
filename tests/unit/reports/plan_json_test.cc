#include "reports/plan_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace reports {
namespace {

using nlohmann::json;
using pipeline::Template;

TEST(PlanJson, SaysWhatEachStepIsToDo) {
  pipeline::RunPlan plan;
  plan.name = "p";
  pipeline::StepPlan& build = plan.steps.emplace_back();
  build.name = "build";
  pipeline::CommandAction command;
  command.image = Template::Literal("busybox");
  command.argv_source = {Template::Literal("make"), Template::Literal("all")};
  command.network = pipeline::Network::kJob;
  build.action = command;
  pipeline::StepPlan& push = plan.steps.emplace_back();
  push.name = "push";
  push.needs = {0};
  push.action = pipeline::PushAction{Template::Literal("i"), Template::Literal("r/a"), {}, true};

  const json j = json::parse(PlanJson(plan));
  EXPECT_EQ(j.at("steps").at(0).at("argv"), json({"make", "all"}));
  EXPECT_EQ(j.at("steps").at(0).at("network"), "job");
  EXPECT_EQ(j.at("steps").at(1).at("kind"), "push");
  EXPECT_EQ(j.at("steps").at(1).at("needs"), json({"build"}));
}

TEST(PlanJson, SaysNoValueOfAVariable) {
  pipeline::RunPlan plan;
  plan.env = {{"TOP", "q7z-hunter2"}};
  pipeline::StepPlan& step = plan.steps.emplace_back();
  step.env = {{"KEY", Template::Literal("q7z-hunter2")}};
  step.secrets = {{"token", ""}};
  const std::string text = PlanJson(plan);
  EXPECT_EQ(text.find("q7z"), std::string::npos);
  EXPECT_EQ(json::parse(text).at("steps").at(0).at("env"), json({"KEY"}));
  EXPECT_EQ(json::parse(text).at("steps").at(0).at("secrets"), json({"token"}));
}

}  // namespace
}  // namespace reports
