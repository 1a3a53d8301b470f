# A part of scripts/bench, whose functions and variables it uses.
# shellcheck disable=SC2154
#
# From a container's timeout until nothing of it is left and its command says so, for containers that do what they can
# to stay. As root: where an ordinary user has no cgroup, how long a fork bomb takes is the scheduler's to say.
scripts/build release escaper >/dev/null
install -d -m 755 "$work/probe"
install -m 755 build/release/tests/probe/escaper "$work/probe/"

# end_of NAME SECONDS OPTIONS -- ARGUMENTS: five times; the median is a target.
end_of() {
  local name=$1 seconds=$2
  shift 2
  local options=()
  while [ "$1" != -- ]; do options+=("$1"); shift; done
  shift
  : >"$work/ends"
  for _ in 1 2 3 4 5; do
    expected=124 took "$runner" run --network none --timeout "${seconds}s" --stop-timeout 0 \
      -v "$work/probe:/probe:ro" "${options[@]}" busybox /probe/escaper "$@"
    awk -v all="$milliseconds" -v s="$seconds" 'BEGIN {print all / 1000 - s}' >>"$work/ends"
  done
  local middle
  middle=$(median <"$work/ends")
  printf '%-44s %6.2f s after its timeout (%s)\n' "$name" "$middle" "$(sort -g "$work/ends" | paste -sd ' ')"
  target "$name, after its timeout" "$middle" 1 " s"
}
end_of "a fork bomb" 2 --pids-limit 500 -- bomb
end_of "sessions that ignore signals" 1 -- detached
end_of "stopped processes" 1 -- stopped
end_of "a stopped tracer" 1 -- traced
end_of "10,000 deep, with zombies" 6 --pids-limit -1 -- deep 10000
