// runner completion SHELL: a script that completes verbs and options. It asks the program itself
// (kCompletionWords in cli.h), so it knows what the installed version knows.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "runner/cli.h"
#include "runner/verbs/verbs.h"
#include "runtime/base/error.h"
#include "runtime/base/terminal_text.h"

namespace runner {
namespace {

// The words that the program knows behind the verbs that stand there, in every script: those of the
// first verb and, when the second word is one of them, those of that.
constexpr char kBash[] = R"sh(# runner, for bash: source <(runner completion bash)
_runner() {
  local current=${COMP_WORDS[COMP_CWORD]} word verbs=() known
  COMPREPLY=()
  known=$(runner --completion-words 2>/dev/null)
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $'\n'$known$'\n' == *$'\n'"$word"$'\n'* && $word != -* ]] || break
    verbs+=("$word")
    known=$(runner "${verbs[@]}" --completion-words 2>/dev/null)
  done
  mapfile -t COMPREPLY < <(compgen -W "$known" -- "$current")
}
complete -o default -F _runner runner
)sh";

constexpr char kZsh[] = R"sh(#compdef runner
# runner, for zsh: source <(runner completion zsh), or a file _runner in a directory of $fpath
_runner() {
  local -a verbs known
  local word
  known=(${(f)"$(runner --completion-words 2>/dev/null)"})
  for word in ${words[2,CURRENT-1]}; do
    [[ $word != -* && ${known[(Ie)$word]} -gt 0 ]] || break
    verbs+=($word)
    known=(${(f)"$(runner $verbs --completion-words 2>/dev/null)"})
  done
  compadd -a known
  [[ -z $PREFIX || $PREFIX == -* ]] || _files
}
compdef _runner runner
)sh";

constexpr char kFish[] = R"sh(# runner, for fish: runner completion fish | source
function __runner_words
  set -l known (runner --completion-words 2>/dev/null)
  set -l verbs
  for word in (commandline -opc)[2..-1]
    if string match -q -- '-*' $word; or not contains -- $word $known
      break
    end
    set -a verbs $word
    set known (runner $verbs --completion-words 2>/dev/null)
  end
  printf '%s\n' $known
end
complete -c runner -a '(__runner_words)'
)sh";

int Completion(const std::string& shell) {
  if (shell == "bash") {
    std::fputs(kBash, stdout);
  } else if (shell == "zsh") {
    std::fputs(kZsh, stdout);
  } else if (shell == "fish") {
    std::fputs(kFish, stdout);
  } else {
    throw runtime::base::Error(
        runtime::base::ErrorKind::kUsage,
        "completion " + runtime::base::ForMessage(shell) + ": expected bash, zsh or fish");
  }
  return kExitPassed;
}

}  // namespace

int CompletionMain(std::vector<std::string> args) {
  std::string shell;
  return RunVerb(
      "completion",
      "Prints a script that completes the verbs and options of runner in a shell.\n\n"
      "Examples:\n"
      "  source <(runner completion bash)\n"
      "  runner completion fish > ~/.config/fish/completions/runner.fish",
      std::move(args),
      [&](CLI::App& app) { app.add_option("SHELL", shell, "bash, zsh or fish")->required(); },
      [&](const Globals& /*globals*/) { return Completion(shell); });
}

}  // namespace runner
