# A docker-registry with storage of its own on a free loopback port.

registry_pid=

# start_registry DIRECTORY: sets registry=127.0.0.1:PORT once it listens. Its files go below DIRECTORY.
start_registry() {
  local dir=$1/registry line
  mkdir -p "$dir"
  cat >"$dir/config.yml" <<CONFIG
version: 0.1
log: {level: info, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $dir/data}}
http: {addr: "127.0.0.1:0"}
CONFIG
  mkfifo "$dir/log"
  docker-registry serve "$dir/config.yml" >"$dir/log" 2>&1 &
  registry_pid=$!
  exec {registry_log}<"$dir/log"
  registry=
  while [ -z "$registry" ] && IFS= read -r -t 30 -u "$registry_log" line; do
    if [[ $line =~ listening\ on\ (127\.0\.0\.1:[0-9]+) ]]; then registry=${BASH_REMATCH[1]}; fi
  done
  cat <&"$registry_log" >"$dir/log.txt" &  # so that it never blocks on a full pipe
  [ -n "$registry" ] || { echo "registry: docker-registry did not start" >&2; return 1; }
}

stop_registry() {
  [ -n "$registry_pid" ] || return 0
  kill "$registry_pid" 2>/dev/null || true
  wait "$registry_pid" 2>/dev/null || true
  registry_pid=
}
