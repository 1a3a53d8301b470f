// runner exec --run: a run's record becomes the same run, elsewhere.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/integration/runner/replay/replay_fixture.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr char kReproducible[] = R"(steps:
  build:
    image: busybox
    run: |
      mkdir -p out/bin
      cp message out/bin/message
      ln -s message out/bin/link
      ln out/bin/message out/bin/hard
      chmod 4750 out/bin/message
      rm doomed
  package: {image-build: {from: busybox, copy: {out/: /}}}
  test:
    image: ${{ steps.package.image }}
    tests: {junit: "reports/*.xml"}
    run: |
      mkdir reports
      echo "<testsuite><testcase name=\"a\" time=\"$(cut -d' ' -f1 /proc/uptime)\"/></testsuite>" >reports/r.xml
      cat /bin/message >seen
)";

class Replay : public ReplayTest {
 protected:
  void Project(const std::string& pipeline) const {
    Write(".runner.yml", pipeline);
    Write("message", "hello\n");
    Write("doomed", "x");
    Commit();
  }
};

TEST_F(Replay, InAFreshStateDirectoryGivesEqualLayersForEveryStep) {
  Project(kReproducible);
  const fs::path run = Exec();
  Sh("rm -rf " + project().string());

  const Output replay = ReplayTest::Replay(run / "record.json");
  EXPECT_EQ(replay.code, 0) << replay.text << replay.errors;
  EXPECT_THAT(replay.text, AllOf(HasSubstr("build    the same"), HasSubstr("package  the same"),
                                 HasSubstr("test     the same"), HasSubstr("the same: run ")));
  const fs::path again = NewestRun(fresh());
  for (const char* step : {"clone", "build", "test"}) {
    const std::string digest = Step(run, step).at("layer_digest");
    EXPECT_THAT(digest, testing::StartsWith("sha256:")) << step;
    EXPECT_EQ(Step(again, step).at("layer_digest"), digest) << step;
  }
  EXPECT_EQ(Step(again, "package").at("image_digest"), Step(run, "package").at("image_digest"));
  EXPECT_EQ(Record(again).at("replays"), Record(run).at("id"));
  EXPECT_THAT(RunToEnd(Runner({"show", "--root", fresh()})).text,
              HasSubstr("replay of run " + run.filename().string()));
}

TEST_F(Replay, NamesTheStepAndTheFileThatAreNotReproducible) {
  Project(R"(steps:
  stamp: {image: busybox, run: "mkdir out; cat /proc/uptime >out/stamp; echo same >out/fixed"}
  after: {image: busybox, run: echo after >after}
)");
  const fs::path run = Exec();

  const Output replay = ReplayTest::Replay(run.string());
  EXPECT_EQ(replay.code, 1) << replay.errors;
  EXPECT_THAT(replay.text, AllOf(HasSubstr("stamp  differs"), HasSubstr("out/stamp: content"),
                                 HasSubstr("after  the same"), Not(HasSubstr("out/fixed"))));
}

TEST_F(Replay, OfAFailedRunFailsTheSameWay) {
  Project("steps: {test: {image: busybox, run: exit 7}}");
  const fs::path run = Exec({}, 1);

  const Output replay = ReplayTest::Replay(run.string());
  EXPECT_EQ(replay.code, 1);
  EXPECT_THAT(replay.text, HasSubstr("the same: run"));
}

TEST_F(Replay, TakesUncommittedChangesAlong) {
  Project("steps: {test: {image: busybox, run: cat message >seen}}");
  Write("message", "not committed\n");
  const fs::path run = Exec();
  Sh("git -C " + project().string() + " checkout -q message");

  const Output replay = ReplayTest::Replay(run.string());
  EXPECT_EQ(replay.code, 0) << replay.text << replay.errors;
}

TEST_F(Replay, OfACommitIsClonedFromTheDirectoryThatIsGiven) {
  Project("steps: {test: {image: busybox, run: cat message >seen}}");
  const fs::path run = Exec({"--commit", "HEAD"});
  const fs::path alone = MakeDirectory("alone");
  Sh("cp " + (run / "record.json").string() + " " + alone.string() + "/r.json");
  Write("message", "newer\n");
  Commit();

  // The path that the record names is nobody's to open here.
  const Output refused = ReplayTest::Replay(alone / "r.json");
  EXPECT_EQ(refused.code, 3) << refused.text;
  EXPECT_THAT(refused.errors, HasSubstr("is nowhere to be had"));
  RunToEnd(Runner({"image", "save", "--root", state(), "-o", alone / "busybox.tar", "busybox"}));
  RunToEnd(Runner({"image", "load", "--root", fresh(), "-i", alone / "busybox.tar"}));
  const Output replay =
      RunToEnd(Runner({"exec", project(), "--root", fresh(), "--run", alone / "r.json"}));
  EXPECT_EQ(Step(NewestRun(fresh()), "test").at("layer_digest"),
            Step(run, "test").at("layer_digest"))
      << replay.text << replay.errors;
}

TEST_F(Replay, UsesTheImagesOfTheRunWhateverTheirNamesMeanNow) {
  MakeImage("moving", "echo one >marker");
  Project("steps: {test: {image: moving, run: cat /marker >seen}}");
  const fs::path run = Exec();
  Sh("cd " + MakeDirectory("other").string() + "; echo two >marker");
  fs::create_directory(scratch() / "tree-moving" / "new");
  fs::remove_all(scratch() / "tree-moving");
  fs::remove(scratch() / "tree-moving.tar");
  MakeImage("moving", "echo two >marker");

  const Output replay = ReplayIn(state(), run.filename());
  EXPECT_EQ(replay.code, 0) << replay.text << replay.errors;
  const Output now = RunToEnd(Runner({"exec", project()}));
  EXPECT_EQ(now.code, 0);
  const Output diff = RunToEnd(Runner({"diff", run.filename(), "last"}));
  EXPECT_EQ(diff.code, 1);
  EXPECT_THAT(diff.text, AllOf(HasSubstr("image moving: sha256:"), HasSubstr("seen: content")));
}

// Of one processor; the host may have more, and its caller another environment.
TEST_F(Replay, FindsTheSameNamesProcessorsTimesAndUser) {
  Project(R"(steps:
  look:
    image: busybox
    run: |
      env | grep -v -e ^HOME -e ^PATH | sort >seen
      { hostname; nproc; umask; id; date +%Z; ulimit -c; cat /etc/hosts /proc/sys/kernel/hostname; } >>seen
    network: none
)");
  const Output first =
      RunToEnd(AsUser({"taskset", "-c", "0", build() / "bin/runner", "exec", project()}));
  ASSERT_EQ(first.code, 0) << first.errors;
  const fs::path run = NewestRun(state());
  EXPECT_EQ(Record(run).at("runner").at("cpus"), 1);

  const Output replay =
      RunToEnd(AsUser({"env", "TZ=Asia/Tokyo", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8", "sh", "-c",
                       "umask 077; exec \"$0\" \"$@\"", build() / "bin/runner", "exec", "--root",
                       fresh(), "--run", run}));
  EXPECT_EQ(replay.code, 0) << replay.text << replay.errors;
  EXPECT_THAT(replay.text, HasSubstr("look   the same"));
}

TEST_F(Replay, NeverPushes) {
  Project(R"(steps:
  make: {image-build: {from: scratch, copy: {message: /message}}}
  push: {push: {image: "${{ steps.make.image }}", to: "127.0.0.1:1/app", untested: true}}
)");
  const fs::path run = Exec({"--no-push"});

  EXPECT_EQ(ReplayTest::Replay(run.string()).code, 0);
  EXPECT_EQ(Step(NewestRun(fresh()), "push").at("outcome"), "skipped");
}

TEST_F(Replay, AsksForVariablesAndSecretsWhoseValuesNoRecordHas) {
  Project(R"(steps:
  test: {image: busybox, run: "echo $GREETING >seen; test -s /run/secrets/token", secrets: [token]})");
  const fs::path secret = MakeDirectory("secret") / "token";
  Sh("echo q7z-hunter2 >" + secret.string());
  const Words given = {"--env", "GREETING=q7z-moin", "--secret", "token=@" + secret.string()};
  const fs::path run = Exec(given);
  EXPECT_THAT(runtime::base::ReadFile(run / "record.json"), Not(HasSubstr("q7z-")));

  const Output without = ReplayTest::Replay(run.string());
  EXPECT_EQ(without.code, 2);
  EXPECT_THAT(without.errors, AllOf(HasSubstr("GREETING"), HasSubstr("--env NAME=VALUE")));
  const Output half = ReplayTest::Replay(run.string(), {"--env", "GREETING=q7z-moin"});
  EXPECT_EQ(half.code, 2);
  EXPECT_THAT(half.errors, AllOf(HasSubstr("token"), HasSubstr("--secret NAME=@FILE")));
  EXPECT_EQ(ReplayTest::Replay(run.string(), given).code, 0);
}

TEST_F(Replay, TakesNoOptionsThatTheRecordHas) {
  Project("steps: {test: {image: busybox, run: 'true'}}");
  const fs::path run = Exec();
  EXPECT_EQ(ReplayTest::Replay(run.string(), {"--commit", "HEAD"}).code, 2);
  EXPECT_EQ(ReplayTest::Replay(run.string(), {"--step", "test"}).code, 2);
  EXPECT_EQ(ReplayTest::Replay(run.string(), {"--env", "NEW=1"}).code, 2);
}

TEST_F(Replay, SeesNoCacheAndNoVolumeOfOtherRuns) {
  Project(R"(steps:
  test:
    image: busybox
    cache: [/var/kept]
    volumes: ["data:/data"]
    run: ls /var/kept /data >seen; touch /var/kept/x /data/x
)");
  Exec();
  const fs::path second = Exec();
  EXPECT_THAT(ReplayIn(state(), second.filename()).text, HasSubstr("seen: content"));
}

TEST_F(Replay, RefusesATreeOfAnotherContentThanTheRecords) {
  Project("steps: {test: {image: busybox, run: cat message >seen}}");
  const fs::path run = Exec();
  const std::string tree = Record(run).at("tree");
  Sh("echo forged >" + (state() / "layers" / ("git-" + tree) / "fs/message").string());

  const Output replay = ReplayTest::Replay(run.string());
  EXPECT_EQ(replay.code, 3);
  EXPECT_THAT(replay.errors, HasSubstr("another content than the record says"));
  EXPECT_FALSE(fs::exists(fresh() / "layers" / ("git-" + tree)));
}

TEST_F(Replay, RefusesHostileRecordsInOneLine) {
  Project("steps: {test: {image: busybox, run: 'true'}}");
  const fs::path run = Exec();
  const fs::path file = MakeDirectory("hostile") / "record.json";
  const auto replay = [&](const json& record) {
    Sh("cat >" + file.string() + " <<'E'\n" + record.dump() + "\nE");
    const Output output = ReplayTest::Replay(file.string());
    EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'), 1) << output.errors;
    EXPECT_THAT(output.code, testing::AnyOf(2, 3));
    return output.errors;
  };
  json record = Record(run);
  const auto with = [&](const char* member, const json& value) {
    json other = record;
    other[member] = value;
    return replay(other);
  };
  EXPECT_THAT(with("tree", "../../../../etc"), HasSubstr("is no id of a tree"));
  EXPECT_THAT(with("id", "../../x"), HasSubstr("can't be the id of a run"));
  EXPECT_THAT(with("version", 99), HasSubstr("newer"));
  EXPECT_THAT(with("version", 2), HasSubstr("which images it used"));
  EXPECT_THAT(with("state", "running"), HasSubstr("hasn't ended"));
  EXPECT_THAT(with("steps", "x"), HasSubstr("run record"));
  EXPECT_THAT(with("resumed", {{"run", "a\nb"}, {"from", "x"}, {"patched", true}}),
              HasSubstr("isn't a clean run"));
  record["runner"]["machine"] = "vax";
  EXPECT_THAT(replay(record), HasSubstr("are for vax"));
  EXPECT_THAT(replay(json("text")), HasSubstr("run record"));
}

// The file of a fork's tree is a stranger's, and not what the run was made by.
TEST_F(Replay, RefusesARunOfAForkSinceItsFileWasAnother) {
  Project("steps: {test: {image: busybox, run: 'true'}}");
  json record = Record(Exec());
  record["event"]["fork"] = true;
  const fs::path file = MakeDirectory("fork") / "record.json";
  Sh("cat >" + file.string() + " <<'E'\n" + record.dump() + "\nE");
  const Output replay = ReplayTest::Replay(file.string());
  EXPECT_EQ(replay.code, 3);
  EXPECT_THAT(replay.errors, HasSubstr("its commits are a fork's"));
}

TEST_F(Replay, WaitsForNoPipeInPlaceOfARecord) {
  const fs::path file = MakeDirectory("pipe") / "record.json";
  Sh("mkfifo " + file.string());
  Process replay(Runner({"exec", "--root", fresh(), "--run", file}));
  ASSERT_TRUE(replay.EndsWithin(std::chrono::seconds(30)));
  const Output output = replay.Wait();
  EXPECT_EQ(output.code, 3);
  EXPECT_THAT(output.errors, HasSubstr("there is no such file"));
}

TEST_F(Replay, SaysThatThereIsNoSuchRecord) {
  const Output replay = ReplayTest::Replay("/nowhere/record.json");
  EXPECT_EQ(replay.code, 3);
  EXPECT_THAT(replay.errors, HasSubstr("there is no such file"));
}

TEST_F(Replay, DiffTellsBySameAndDifferentAndForPrograms) {
  Project("steps: {test: {image: busybox, run: 'echo $A >seen; test $A != 3'}}");
  const std::string one = Exec({"--env", "A=1"}).filename();
  const std::string same = Exec({"--env", "A=1"}).filename();
  const std::string other = Exec({"--env", "A=3"}, 1).filename();

  const Output equal = RunToEnd(Runner({"diff", one, same}));
  EXPECT_EQ(equal.code, 0) << equal.text;
  EXPECT_EQ(RunToEnd(Runner({"diff", "-q", one, same})).text,
            "the same: run " + one + " and run " + same + "\n");
  const Output different = RunToEnd(Runner({"diff", "--json", one, other}));
  EXPECT_EQ(different.code, 1);
  const json j = json::parse(different.text);
  EXPECT_EQ(j.at("same"), false);
  const json& step = j.at("steps").at(1);
  EXPECT_EQ(step.at("differing").at(0).at("second"), "failed, exit code 1");
  EXPECT_EQ(step.at("files").at(0).at("path"), "seen");
  EXPECT_EQ(RunToEnd(Runner({"diff", one})).code, 2);
  EXPECT_EQ(RunToEnd(Runner({"diff", one, "nothing"})).code, 3);
}

}  // namespace
}  // namespace tests
