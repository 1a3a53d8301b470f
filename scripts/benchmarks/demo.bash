# A part of scripts/bench, whose functions and variables it uses.
# shellcheck disable=SC2154
#
# The demo with everything made before.
unset RUNNER_ROOT
took scripts/demo
took scripts/demo
export RUNNER_ROOT=$work/state
target "the demo, with everything made" "$(ratio "$milliseconds" 1000)" 20 " s"
