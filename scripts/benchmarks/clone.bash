# A part of scripts/bench, whose functions and variables it uses.
# shellcheck disable=SC2154
#
# The clone step of a repository of 20,000 objects, 6,000 files: the first time, and of the commit after; beside git.
# In directories of their own that stay to the end: the file system is slow to give the place of removed files again.
source_repository=$work/large.git
git init --quiet --bare --initial-branch main "$source_repository"
awk '
  function data(text) {printf "data %d\n%s\n", length(text), text}
  function file(number,   text, i) {
    text = ""
    for (i = 0; i < 40; i++) text = text sprintf("%08x line %d of %d\n", rand() * 4294967296, i, ++version)
    printf "M 100644 inline d%d/e%d/f%d.txt\n", number % 100, int(number / 100) % 10, number
    data(text)
  }
  function commit() {
    printf "commit refs/heads/main\nmark :%d\ncommitter bench <bench@example.org> %d +0000\n", ++mark, 1700000000 + mark
    data("Commit")
    if (mark > 1) printf "from :%d\n", mark - 1
  }
  BEGIN {
    srand(1)
    commit()
    for (i = 0; i < 6000; i++) file(i)
    for (c = 0; c < 370; c++) {
      commit()
      for (i = 0; i < 12; i++) file(int(rand() * 6000))
    }
  }' | git -C "$source_repository" fast-import --quiet
git -C "$source_repository" gc --quiet
printf 'name: clone\nsteps:\n  - {name: one, image: busybox, argv: ["true"], network: none}\n' >"$work/clone.yml"
echo "$(git -C "$source_repository" rev-list --objects --all | wc -l) objects"

# clone_step ROOT: what the step took, by the run's record.
clone_step() {
  RUNNER_ROOT=$1 took "$runner" exec -q --commit HEAD "$work/tree"
  local records=("$1"/runs/*/record.json)
  milliseconds=$(jq '.steps[] | select(.name == "clone").usage.wall_ms' "${records[-1]}")
}
git clone --quiet "file://$source_repository" "$work/tree"
cp "$work/clone.yml" "$work/tree/.runner.yml"
commit_all "$work/tree" "A pipeline"
: >"$work/first"
: >"$work/second"
for round in 1 2 3 4 5; do
  took git clone --quiet "file://$source_repository" "$work/clone-$round"
  by_git=$milliseconds
  RUNNER_ROOT=$work/state-$round "$runner" image import build/samples/images/busybox.tar busybox >/dev/null
  clone_step "$work/state-$round"
  ratio "$milliseconds" "$by_git" >>"$work/first"
  first=$milliseconds
  echo "$round" >>"$work/tree/d1/e0/f1.txt"
  commit_all "$work/tree" "Another"
  clone_step "$work/state-$round"
  ratio "$milliseconds" "$by_git" >>"$work/second"
  echo "git clone: $by_git ms; clone step: $first ms; of the next commit: $milliseconds ms"
done
target "the first clone, of git clone" "$(median <"$work/first")" 1.2 ""
target "the second commit's, of git clone" "$(median <"$work/second")" 0.25 ""
