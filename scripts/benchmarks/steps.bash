# A part of scripts/bench, whose functions and variables it uses.
# shellcheck disable=SC2154
#
# 1,000 steps that do nothing and wait for none, two at a time, beside bare containers from one process, two at a time;
# and what plans of many steps cost.
#
# Both on a disk of their own, ext4 with a journal, as users have one. Without a journal ext4 looks at every inode that
# was deleted within the last minute before it gives one out (recently_deleted() in the kernel's fs/ext4/ialloc.c): then
# either rate changes threefold with what ran before.
# many COUNT FILE
many() {
  {
    printf 'name: many\nsteps:\n'
    seq -f "  - {name: s%.0f, image: busybox, argv: ['true'], network: none, needs: []}" "$1"
  } >"$2"
}
truncate -s 4G "$work/disk.img"
mkfs.ext4 -q "$work/disk.img"
mkdir "$work/disk"
mount -o loop "$work/disk.img" "$work/disk"
state=$RUNNER_ROOT
export RUNNER_ROOT=$work/disk/state
"$runner" image import build/samples/images/busybox.tar busybox >/dev/null
project=$work/disk/many
mkdir "$project"
many 1000 "$project/.runner.yml"
many 100 "$project/100.yml"
many 5000 "$project/5000.yml"
many 10000 "$project/10000.yml"
commit_all "$project"

export RUNNER_BUILD=$PWD/build/release RUNNER_SOURCE=$PWD
: >"$work/ratios"
for _ in 1 2 3 4 5; do
  took "$runner" exec -q -j 2 "$project"
  steps=$(ratio 1000000 "$milliseconds")
  bare=$(TMPDIR=$work/disk build/release/stress/stress row 1000 2 | awk '/a second/ {print $(NF - 2)}')
  ratio "$bare" "$steps" >>"$work/ratios"
  echo "1,000 steps: $steps a second; bare containers: $bare a second"
done
target "bare containers, of steps a second" "$(median <"$work/ratios")" 1.667 ""

took "$runner" lint "$project/10000.yml"
target "lint of 10,000 steps" "$(ratio "$milliseconds" 1000)" 1 " s"
took "$runner" plan -f 5000.yml "$project"
half=$milliseconds
took "$runner" plan -f 10000.yml "$project"
target "plan of 10,000 steps" "$(ratio "$milliseconds" 1000)" 1 " s"
target "plan of 10,000 steps, of that of 5,000" "$(ratio "$milliseconds" "$half")" 2.5 ""
took "$runner" exec -q -j 2 -f 100.yml "$project"
hundred=$milliseconds
took "$runner" exec -q -j 2 "$project"
target "a run of 1,000 steps, of one of 100" "$(ratio "$milliseconds" "$hundred")" 11 ""
export RUNNER_ROOT=$state
