// runner exec --run URL: from a server of ours, and from servers that lie.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <memory>

#include "tests/integration/runner/replay/replay_fixture.h"
#include "tests/support/scripted_server.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;

constexpr char kTwoSteps[] = R"(steps:
  build: {image: busybox, run: "mkdir out; cp message out/message; cat message"}
  stamp: {image: busybox, run: cat /proc/uptime >stamp}
)";

class ReplayFromServer : public ReplayTest {
 protected:
  ReplayFromServer() {
    Write(".runner.yml", kTwoSteps);
    Write("message", "hello\n");
    Commit();
  }

  // runner serve of the state directory, until the test's end; its URL.
  std::string Serve() {
    const fs::path directory = MakeDirectory("serve");
    const auto write = [&](const char* file, const std::string& text) {
      runtime::base::WriteFileAtomically(directory / file, text,
                                         runtime::base::Durability::kNoFlush, 0644);
    };
    write("secret", "0123456789abcdef");
    write("runner.yml", "listen: 127.0.0.1:0\ngithub: {webhook-secrets: [\"file:" +
                            (directory / "secret").string() + "\"]}\n");
    serve_ = std::make_unique<Process>(
        AsUser({"sh", "-c", "exec \"$@\" 2>&1", "sh", build() / "bin/runner", "serve", "--root",
                state(), "--config", directory / "runner.yml"}));
    const std::string said = serve_->ReadUntil("\n");
    const size_t address = said.find("127.0.0.1:");
    return "http://" + said.substr(address, said.find('\n') - address);
  }

  void TearDown() override {
    if (serve_) {
      serve_->Signal(SIGTERM);
      EXPECT_EQ(serve_->Wait().code, 0);
    }
  }

 private:
  std::unique_ptr<Process> serve_;
};

TEST_F(ReplayFromServer, FetchesTreeAndImagesThatAreMissing) {
  const fs::path run = Exec();
  Sh("rm -rf " + project().string());
  const std::string server = Serve();
  const std::string url = server + "/runs/" + run.filename().string();

  const Output replay = Replay(url);
  EXPECT_EQ(replay.code, 1) << replay.errors;
  EXPECT_THAT(replay.text, AllOf(HasSubstr("clone  the same"), HasSubstr("build  the same"),
                                 HasSubstr("stamp  differs"), HasSubstr("stamp: content")));
  const Output diff = RunToEnd(Runner({"diff", "--root", fresh(), url + "/record.json", "last"}));
  EXPECT_EQ(diff.code, 1) << diff.errors;
  EXPECT_THAT(diff.text, HasSubstr("stamp: content"));
  const Output none = Replay(server + "/runs/01kgasd000abcdef");
  EXPECT_EQ(none.code, 3);
  EXPECT_THAT(none.errors, HasSubstr("no such run"));
  EXPECT_EQ(Replay(server).code, 2);
}

TEST_F(ReplayFromServer, FetchesATreeThatWasWrittenUponAnother) {
  for (int i = 0; i < 40; ++i) {
    Write("more/" + std::to_string(i), "x");
  }
  Commit();
  Exec({"--commit", "HEAD"}, 0);
  Sh("rm " + (project() / "more/1").string());
  Write("more/2", "y");
  Commit();
  const fs::path run = Exec({"--commit", "HEAD"});
  const fs::path layer = state() / "layers" / ("git-" + Record(run).at("tree").get<std::string>());
  ASSERT_TRUE(fs::exists(layer / "on"));
  Sh("rm -rf " + project().string());

  const Output replay = Replay(Serve() + "/runs/" + run.filename().string());
  EXPECT_THAT(replay.text, AllOf(HasSubstr("clone  the same"), HasSubstr("build  the same")));
}

TEST_F(ReplayFromServer, GivesNothingButWhatTheRunIsMadeOf) {
  MakeImage("private", "echo secret >file");
  const fs::path run = Exec();
  const std::string url = Serve() + "/runs/" + run.filename().string();
  const auto code = [&](const std::string& path) {
    return RunToEnd(
               {"curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", url + path})
        .text;
  };
  const std::string used = Record(run).at("images").at("busybox");
  const json inspected = json::parse(RunToEnd(Runner({"image", "ls", "--json"})).text);
  std::string other;
  for (const json& image : inspected) {
    other = image.dump().find("private") != std::string::npos ? image.dump() : other;
  }
  const size_t digest = other.find("sha256:");
  ASSERT_NE(digest, std::string::npos) << other;
  EXPECT_EQ(code("/blobs/sha256/" + used.substr(7)), "200");
  EXPECT_EQ(code("/blobs/sha256/" + other.substr(digest + 7, 64)), "404");
  EXPECT_EQ(code("/files/build"), "200");
  EXPECT_EQ(code("/files/..%2f..%2frecord"), "404");
  EXPECT_EQ(code("/files/%2e%2e"), "404");
  EXPECT_EQ(code("/tree.tar.gz"), "200");
  EXPECT_EQ(RunToEnd({"curl", "-s", "-X", "POST", "-o", "/dev/null", "-w", "%{http_code}",
                      url + "/record.json"})
                .text,
            "405");
}

// Gives the files of a real run, but for what a test wants otherwise.
class LyingServer {
 public:
  using Lie = std::function<std::optional<ScriptedAnswer>(const std::string& path)>;
  LyingServer(const fs::path& state, fs::path run, Lie lie)
      : state_(state),
        run_(std::move(run)),
        lie_(std::move(lie)),
        server_([this](const ReceivedRequest& request) { return AnswerTo(request.target); }) {}

  std::string url() const { return server_.url("/runs/" + run_.filename().string()); }

 private:
  ScriptedAnswer AnswerTo(const std::string& target) const {
    const std::string path = target.substr(std::string("/runs/").size() + 16);
    if (std::optional<ScriptedAnswer> lie = lie_(path)) {
      return *lie;
    }
    const fs::path file = path.starts_with("/blobs/") ? state_ / path.substr(1)
                          : path == "/record.json"    ? run_ / "record.json"
                                                      : fs::path("/nonexistent");
    const auto content = runtime::base::ReadFileIfExists(file);
    return content ? Answer(200, *content) : Answer(404);
  }

  const fs::path state_;
  const fs::path run_;
  const Lie lie_;
  ScriptedServer server_;
};

std::string TreeArchive(const fs::path& state, const json& record) {
  const fs::path layer = state / "layers" / ("git-" + record.at("tree").get<std::string>()) / "fs";
  return RunToEnd({"tar", "-C", layer, "-c", "."}).text;
}

TEST_F(ReplayFromServer, RefusesATreeThatIsNotTheRecords) {
  const fs::path run = Exec();
  Sh("rm -rf " + project().string());
  for (const auto& [archive, reason] : std::vector<std::pair<std::string, std::string>>{
           // As tar writes it: of other bytes than ours.
           {TreeArchive(state(), Record(run)), "another content than the record says"},
           {"nothing", "nowhere to be had"},
           {"", "nowhere to be had"}}) {
    const LyingServer server(state(), run, [&, text = archive](const std::string& path) {
      return path == "/tree.tar.gz" ? std::optional(Answer(200, text)) : std::nullopt;
    });
    const Output replay = Replay(server.url());
    EXPECT_EQ(replay.code, 3) << replay.text;
    EXPECT_THAT(replay.errors, HasSubstr(reason));
    EXPECT_FALSE(
        fs::exists(fresh() / "layers" / ("git-" + Record(run).at("tree").get<std::string>())));
  }
}

TEST_F(ReplayFromServer, EndsWithABodyThatHasNoEnd) {
  const fs::path run = Exec();
  Sh("rm -rf " + project().string());
  for (const char* endless : {"/record.json", "/tree.tar.gz", "/blobs/sha256/"}) {
    const LyingServer server(state(), run, [&](const std::string& path) {
      return path.starts_with(endless)
                 ? std::optional(ScriptedAnswer{.bytes = "HTTP/1.1 200 OK\r\n\r\n",
                                                .endless = std::string(65536, ' ')})
                 : std::nullopt;
    });
    const Output replay = Replay(server.url());
    EXPECT_EQ(replay.code, 3) << endless << replay.text;
  }
}

TEST_F(ReplayFromServer, FollowsNoRedirect) {
  const fs::path run = Exec();
  const LyingServer server(state(), run, [&](const std::string&) {
    return std::optional(Answer(302, "", "Location: http://169.254.169.254/latest\r\n"));
  });
  const Output replay = Replay(server.url());
  EXPECT_EQ(replay.code, 3);
  EXPECT_THAT(replay.errors, HasSubstr("redirects to http://169.254.169.254/latest"));
}

TEST_F(ReplayFromServer, RefusesAnImageOfOtherBytes) {
  const fs::path run = Exec({"--commit", "HEAD"});
  const std::string tree = "git-" + Record(run).at("tree").get<std::string>();
  // A fresh state directory that has the tree already.
  const Output had = RunToEnd(Runner({"exec", "--root", fresh(), project()}));
  EXPECT_NE(had.code, 0);  // It has no image, and no registry to ask.
  ASSERT_TRUE(fs::exists(fresh() / "layers" / tree));
  const LyingServer server(state(), run, [&](const std::string& path) {
    return path.starts_with("/blobs/") ? std::optional(Answer(200, "{}")) : std::nullopt;
  });
  const Output replay = Replay(server.url());
  EXPECT_EQ(replay.code, 3);
  EXPECT_THAT(replay.errors, HasSubstr("its manifest has another digest"));
}

TEST_F(ReplayFromServer, OpensNoRepositoryOfThisHostForAServer) {
  const fs::path run = Exec({"--commit", "HEAD"});
  const LyingServer server(state(), run, [](const std::string&) { return std::nullopt; });
  const Output replay = Replay(server.url());
  EXPECT_EQ(replay.code, 3);
  EXPECT_THAT(replay.errors, HasSubstr(project().string()));
  EXPECT_FALSE(
      fs::exists(fresh() / "layers" / ("git-" + Record(run).at("tree").get<std::string>())));
}

}  // namespace
}  // namespace tests
