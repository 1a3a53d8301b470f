# What the rules share. Each rule is a program: RULE TREE prints every breach as FILE:LINE: TEXT and
# fails if there is one.
set -euo pipefail
cd "${1:?usage: $0 TREE}"
breaches=0

# files PATTERN...: our files whose name matches one of the patterns, sorted.
files() {
  local names=()
  for pattern in "$@"; do names+=(-o -name "$pattern"); done
  find . \( -path ./build -o -name .git -o -name node_modules -o -name .cache \) -prune -o \
    -type f \( "${names[@]:1}" \) -print | sed 's|^\./||' | sort
}

# shell_scripts: files that begin with a shell's #! line, and what they source.
shell_scripts() {
  { files '*' | xargs -r -d '\n' awk 'FNR == 1 && /^#!.*(bash|\/sh)/ {print FILENAME} {nextfile}'
    files '*.bash'; } | sort -u
}

breach() {
  printf '%s\n' "$*"
  breaches=$((breaches + 1))
}

# report: takes breaches as lines on standard input.
report() {
  local line
  while IFS= read -r line; do breach "$line"; done
}

finish() {
  [ "$breaches" -eq 0 ] || { printf '%s: %s\n' "$(basename "$0")" "$breaches breaches" >&2; exit 1; }
}
