# A part of scripts/bench, whose functions and variables it uses.
# shellcheck disable=SC2154
#
# A container start: `runner run` against the floor (the bare system calls) and other runtimes. The same root file
# system for all of them, and no network.
mkdir -p "$work/bundle/rootfs" "$work/scratch"
tar -xf build/samples/images/debian.tar -C "$work/bundle/rootfs"
(cd "$work/bundle" && runc spec && jq '.process.terminal = false | .process.args = ["/bin/true"]' \
  config.json >config.new && mv config.new config.json)

echo "$rounds rounds of each command in turn"
"$benchmarks/interleave" "$rounds" \
  floor "$benchmarks/floor" "$work/bundle/rootfs" "$work/scratch" /bin/true -- \
  runner "$runner" run --network none debian true -- \
  runc runc --root "$work/runc" run --bundle "$work/bundle" "bench-$$" -- \
  bubblewrap bwrap --unshare-all --die-with-parent --bind "$work/bundle/rootfs" / --proc /proc \
  --dev /dev /bin/true >"$work/times"

awk '
  $1 == "floor" {floor = $2}
  {median[$1] = $2; p90[$1] = $3; order[++n] = $1}
  END {
    print "whole command                         median      p90   of the floor"
    for (i = 1; i <= n; i++) {
      name = order[i]
      printf "%-34s %7.2f ms %7.2f   %6.2f\n", name == "runner" ? "runner run debian true" : name,
        median[name], p90[name], median[name] / floor
    }
  }' "$work/times"
of() { awk -v a="$1" -v b="$2" '{median[$1] = $2} END {print median[a] / median[b]}' "$work/times"; }
target "runner run, of the floor" "$(of runner floor)" 2 ""
target "runner run, of runc run" "$(of runner runc)" 0.25 ""
