// Secrets: who is given them, and where they are not.
#include <nlohmann/json.hpp>

#include <filesystem>

#include "runner/secret_forms.h"
#include "tests/integration/runner/exec/exec_test.h"
#include "tests/support/registry_server.h"

namespace runner {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr char kSecret[] = "it's /a \"q7z-hunter2\" + more<1>\n";

class ExecSecrets : public ExecTest {
 protected:
  ExecSecrets() { runtime::base::WriteFileAtomically(File(), kSecret); }

  std::string File() const { return Scratch("secret"); }
  ExecResult ExecWithSecret() const { return Exec({"--secret", "api-key=@" + File()}); }

  // Files of the state directory and parts of the terminal's text with some form of the secret.
  std::vector<std::string> PlacesOfTheSecret(const ExecResult& result) const {
    std::vector<std::string> found;
    const std::string value(kSecret, sizeof kSecret - 2);
    const auto look = [&](const std::string& text, const std::string& place) {
      for (const std::string& form : PrintedForms(value)) {
        if (text.find(form) != std::string::npos) {
          found.push_back(place + ": " + form);
        }
      }
    };
    look(result.all(), "the terminal");
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root())) {
      look(entry.path(), "a name");
      if (entry.is_regular_file() && !entry.is_symlink()) {
        look(runtime::base::ReadFile(entry.path()), entry.path());
      }
    }
    return found;
  }
};

TEST_F(ExecSecrets, AreFilesOfTheStepsUserAloneByteByByte) {
  Pipeline(R"(steps:
  root:
    image: busybox
    secrets: [api-key]
    run: |
      cd /run/secrets
      stat -c '%n %a %u %s' . api-key
      cmp api-key /workspace/copy
      grep /run/secrets /proc/mounts
      ! touch api-key
      ! touch other
  user:
    image: busybox
    user: "1000"
    secrets: [api-key]
    run: |
      stat -c '%n %a %u' /run/secrets /run/secrets/api-key
      cmp /run/secrets/api-key copy)");
  repository_.Write("copy", kSecret);

  const ExecResult result = ExecWithSecret();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("root"), AllOf(HasSubstr("out . 500 0 "), HasSubstr("out api-key 400 0 32\n"),
                                 HasSubstr("/run/secrets tmpfs ro,nosuid,nodev,noexec")));
  EXPECT_THAT(Log("user"), AllOf(HasSubstr("out /run/secrets 500 1000\n"),
                                 HasSubstr("out /run/secrets/api-key 400 1000\n")));
}

TEST_F(ExecSecrets, AreOnlyOfStepsThatNameThem) {
  Pipeline(R"(steps:
  with: {image: busybox, secrets: [api-key], run: test -s /run/secrets/api-key}
  without: {image: busybox, run: test ! -e /run/secrets/api-key})");

  const ExecResult result = ExecWithSecret();
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(ExecSecrets, AreInNothingThatALaterStepOrOneBesideFinds) {
  Pipeline(R"(steps:
  with:
    image: busybox
    secrets: {api-key: {env: KEY}}
    run: test -n "$KEY"; cp /run/secrets/api-key /tmp/copy
  beside:
    image: busybox
    needs: []
    run: test ! -e /run/secrets/api-key; test -z "${KEY-}"
  after:
    image: busybox
    needs: [with]
    run: test ! -e /run/secrets/api-key; test -z "${KEY-}"; test ! -e /tmp/copy)");

  const ExecResult result = ExecWithSecret();
  EXPECT_EQ(result.status, 0) << result.all();
}

TEST_F(ExecSecrets, AreInNoEnvironmentAndNoProcessTitle) {
  Pipeline(R"(steps:
  look:
    image: busybox
    secrets: [api-key]
    run: |
      ! grep -l -F -f /run/secrets/api-key /proc/[0-9]*/environ /proc/[0-9]*/cmdline
      ulimit -c)");

  const ExecResult result = Exec({"--secret", "api-key"}, {{"api-key", "q7z-hunter2"}});
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("look"), HasSubstr("out 0\n"));
}

TEST_F(ExecSecrets, AreMaskedInAllThatIsShownAndKept) {
  Pipeline(R"(steps:
  talk:
    image: busybox
    secrets: [api-key]
    run: |
      set +x
      key=$(cat /run/secrets/api-key)
      echo "plain $key."
      echo "on stderr $key." >&2
      printf '%s' "$key" | base64
      printf 'x%s' "$key" | base64
      printf 'xy%s' "$key" | base64
      printf 'a long text before it that is folded %s and one behind' "$key" | base64
      printf '%.9s\n%.99s\n' "$key" "${key#?????????}"
      set -x
      echo "$key"
      set +x
      echo "said=$key" >"$RUNNER_OUTPUT"
      printf '<testsuite name="s"><testcase name="q7z-hunter2"><failure message="%s">%s' \
        "it&#39;s /a &quot;q7z-hunter2&quot; + more&lt;1>" "got it's /a &quot;q7z-hunter2&quot; + more&lt;1>" >r.xml
      printf '</failure></testcase></testsuite>' >>r.xml
    tests: {junit: r.xml, fail-on: [error]}
  tell:
    image: busybox
    env: {SAID: "${{ steps.talk.outputs.said }}"}
    run: echo "got $SAID"
)");

  const ExecResult result = ExecWithSecret();
  EXPECT_EQ(result.status, 0) << result.all();
  EXPECT_THAT(Log("talk"), AllOf(HasSubstr("out plain ***.\n"), HasSubstr("err on stderr ***.\n"),
                                 HasSubstr("err + echo '***'\n")));
  EXPECT_THAT(Log("tell"), HasSubstr("out got ***\n"));
  fs::remove_all(root() / "layers");  // What the step itself wrote is its own.
  EXPECT_THAT(PlacesOfTheSecret(result), IsEmpty());
}

TEST_F(ExecSecrets, AreNotInWhatIsKeptOfAStepThatFailed) {
  Pipeline(R"yaml(steps:
  talk:
    image: busybox
    secrets: [api-key]
    run: |
      echo "said=$(cat /run/secrets/api-key)" > "$RUNNER_OUTPUT"
  fail: {image: busybox, env: {SAID: "${{ steps.talk.outputs.said }}"}, run: exit 1}
)yaml");
  const ExecResult result = ExecWithSecret();
  EXPECT_EQ(result.status, 1) << result.all();
  EXPECT_TRUE(fs::exists(RunPath() / "kept" / "talk.step"));
  EXPECT_THAT(PlacesOfTheSecret(result), IsEmpty());
}

TEST_F(ExecSecrets, AreMaskedWhenTheStepAsksForIt) {
  Pipeline(R"(steps:
  make:
    image: busybox
    run: |
      set +x
      token="t0k$(echo en)-17"
      echo "::add-mask::$token"
      echo "made $token"
  use: {image: busybox, run: "set +x; echo t0k''en-17"})");

  EXPECT_EQ(Exec().status, 0);
  EXPECT_THAT(Log("make"), HasSubstr("out made ***\n"));
  EXPECT_THAT(Log("use"), HasSubstr("out ***\n"));
}

TEST_F(ExecSecrets, ThatNobodyGaveEndTheStepBeforeItRuns) {
  Pipeline("steps: {build: {image: busybox, secrets: [api-key], run: echo ran}}");

  EXPECT_EQ(Exec().status, 3);
  EXPECT_THAT(Step("build").at("reason"),
              AllOf(HasSubstr("secret api-key wasn't given"), HasSubstr("--secret api-key=@FILE")));
  EXPECT_THAT(Log("build"), Not(HasSubstr("ran")));
}

TEST_F(ExecSecrets, ThatCannotBeKeptAreRefusedBeforeAnythingRuns) {
  Pipeline("steps: {build: {image: busybox, run: echo ran}}");
  const auto refusal = [&](const std::string& argument) {
    const ExecResult result = Exec({"--secret", argument}, {{"short", "q7z"}});
    EXPECT_EQ(result.status, 2) << argument;
    return result.err;
  };
  EXPECT_THAT(refusal("a=value"), AllOf(HasSubstr("--secret a: expected NAME"),
                                        HasSubstr("can be seen"), Not(HasSubstr("value:"))));
  EXPECT_THAT(refusal("short"), AllOf(HasSubstr("at least 4 characters"), Not(HasSubstr("q7z"))));
  EXPECT_THAT(refusal("missing"), HasSubstr("no such variable in the environment"));
  EXPECT_THAT(refusal("a=@/nowhere"), HasSubstr("/nowhere"));
  EXPECT_THAT(Names("runs"), IsEmpty());
}

TEST_F(ExecSecrets, AreTheLoginOfAPush) {
  const tests::RegistryServer registry(tests::RegistryServer::Login{"ada", "q7z-hunter2"});
  runtime::base::WriteFileAtomically(File(), "ada:q7z-hunter2\n");
  Pipeline(R"(steps:
  make: {image-build: {from: scratch, copy: {file: /file}}}
  push:
    push: {image: "${{ steps.make.image }}", to: )" +
           registry.host() + R"(/app, untested: true}
    secrets: [registry-password])");
  repository_.Write("file", "content");

  const ExecResult pushed = Exec({"--secret", "registry-password=@" + File()});
  EXPECT_EQ(pushed.status, 0) << pushed.all();
  runtime::base::WriteFileAtomically(File(), "ada:wrong-one\n");
  const ExecResult refused = Exec({"--secret", "registry-password=@" + File()});
  EXPECT_EQ(refused.status, 3) << refused.all();
  EXPECT_THAT(refused.all(), Not(HasSubstr("wrong-one")));
}

}  // namespace
}  // namespace runner
