#include "runner/kept_run.h"

#include <nlohmann/json.hpp>

#include "runtime/base/error.h"
#include "runtime/base/files.h"

namespace runner {
namespace {

using nlohmann::json;
using runtime::base::Durability;
using runtime::base::Error;
using runtime::base::ErrorKind;

json ActionToJson(const pipeline::CommandAction& action) {
  json j = {{"argv", action.argv},
            {"needs_shell", action.needs_shell},
            {"user", action.user},
            {"workdir", action.workdir},
            {"workspace", static_cast<int>(action.workspace)},
            {"limits",
             {action.limits.cpus, action.limits.memory_bytes, action.limits.disk_bytes,
              action.limits.pids, action.limits.open_files}}};
  if (action.network) {
    j["network"] = static_cast<int>(*action.network);
  }
  if (action.egress) {
    j["egress"] = json::array();
    for (const pipeline::EgressTarget& target : *action.egress) {
      j["egress"].push_back({target.host, target.port});
    }
  }
  return j;
}

pipeline::CommandAction ActionFromJson(const json& j) {
  pipeline::CommandAction action;
  action.argv = j.at("argv").get<std::vector<std::string>>();
  action.needs_shell = j.at("needs_shell");
  action.user = j.at("user");
  action.workdir = j.at("workdir");
  action.workspace = static_cast<pipeline::WorkspaceAccess>(j.at("workspace").get<int>());
  const json& limits = j.at("limits");
  action.limits.cpus = limits.at(0);
  action.limits.memory_bytes = limits.at(1);
  action.limits.disk_bytes = limits.at(2);
  action.limits.pids = limits.at(3);
  action.limits.open_files = limits.at(4);
  if (j.contains("network")) {
    action.network = static_cast<pipeline::Network>(j.at("network").get<int>());
  }
  if (j.contains("egress")) {
    std::vector<pipeline::EgressTarget>& egress = action.egress.emplace();
    for (const json& target : j.at("egress")) {
      egress.push_back({target.at(0), target.at(1)});
    }
  }
  return action;
}

void Write(const std::filesystem::path& file, const json& content) {
  runtime::base::MakeDirectories(file.parent_path());
  runtime::base::WriteFileAtomically(
      file, content.dump(-1, ' ', false, json::error_handler_t::replace), Durability::kNoFlush);
}

// Both are our own files: one that can't be read is of another version of this program.
template <typename F>
auto Read(const std::filesystem::path& file, F&& from) -> std::optional<decltype(from(json()))> {
  constexpr size_t kMaxBytes = 16u << 20;
  const std::optional<std::string> text = runtime::base::ReadFileIfExists(file, kMaxBytes);
  if (!text) {
    return std::nullopt;
  }
  try {
    return from(json::parse(*text));
  } catch (const json::exception& e) {
    throw Error(ErrorKind::kInvalid, "read " + file.string() + ": " + e.what());
  }
}

}  // namespace

void WriteKeptStep(const RunPaths& paths, const std::string& step, const KeptStep& kept) {
  Write(paths.kept_step(step), {{"image", kept.image},
                                {"action", ActionToJson(kept.action)},
                                {"env", kept.env},
                                {"secrets", kept.secrets},
                                {"tests", kept.tests},
                                {"workspace", kept.workspace},
                                {"outcome", static_cast<int>(kept.result.outcome)},
                                {"result_image", kept.result.image_digest},
                                {"result_workspace", kept.result.workspace},
                                {"outputs", kept.result.outputs},
                                {"rootfs", kept.rootfs}});
}

std::optional<KeptStep> ReadKeptStep(const RunPaths& paths, const std::string& step) {
  return Read(paths.kept_step(step), [](const json& j) {
    KeptStep kept;
    kept.image = j.at("image");
    kept.action = ActionFromJson(j.at("action"));
    kept.env = j.at("env").get<std::map<std::string, std::string>>();
    kept.secrets = j.at("secrets").get<std::vector<std::string>>();
    kept.tests = j.at("tests");
    kept.workspace = j.at("workspace").get<std::vector<std::string>>();
    kept.result.outcome = static_cast<pipeline::Outcome>(j.at("outcome").get<int>());
    kept.result.image_digest = j.at("result_image");
    kept.result.workspace = j.at("result_workspace").get<std::vector<std::string>>();
    kept.result.outputs = j.at("outputs").get<std::map<std::string, std::string>>();
    kept.rootfs = j.at("rootfs");
    return kept;
  });
}

void WriteKeptStart(const RunPaths& paths, const KeptStart& start) {
  const pipeline::Checkout& checkout = start.checkout;
  Write(paths.kept_start(), {{"workspace", checkout.workspace},
                             {"commit", checkout.commit},
                             {"tree", checkout.tree},
                             {"commit_time", checkout.commit_time},
                             {"branch", checkout.branch},
                             {"title", checkout.title},
                             {"author", checkout.author},
                             {"file_in", start.file_in},
                             {"env", start.env},
                             {"file", start.file},
                             {"stands_on", start.stands_on}});
}

std::optional<KeptStart> ReadKeptStart(const RunPaths& paths) {
  return Read(paths.kept_start(), [](const json& j) {
    KeptStart start;
    start.checkout.workspace = j.at("workspace").get<std::vector<std::string>>();
    start.checkout.commit = j.at("commit");
    start.checkout.tree = j.at("tree");
    start.checkout.commit_time = j.at("commit_time");
    start.checkout.branch = j.at("branch");
    start.checkout.title = j.at("title");
    start.checkout.author = j.at("author");
    start.file_in = j.value("file_in", start.checkout.workspace);
    start.env = j.at("env").get<std::map<std::string, std::string>>();
    start.file = j.at("file");
    start.stands_on = j.at("stands_on");
    return start;
  });
}

}  // namespace runner
