# Sourced by the demonstrations beside it: what Debian's runtimes do where ours must hold. Usage of each: NAME BUILD.
# A demonstration fails when ours doesn't hold, and when a version of a peer that is known to fail doesn't: then it
# shows nothing. What a peer makes outside is a canary in a directory of this run; its mounts are in a namespace that
# ends with it.
set -euo pipefail
build=$(realpath "${1:?usage: $0 BUILD}")
top=$(realpath "$(dirname "$0")/../..")
name=$(basename "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
canary=$work/canary
export RUNNER_ROOT=$work/state
faults=0

[ -f "$top/build/samples/images/busybox.tar" ] || "$top/samples/images/make" busybox >/dev/null

# rootfs DIRECTORY: busybox there, and a fresh canary.
rootfs() {
  rm -rf "$canary" "$1"
  mkdir -p "$canary" "$1"
  tar -C "$1" -xf "$top/build/samples/images/busybox.tar"
}

made() { find "$canary" -mindepth 1 | wc -l; }

# peer PACKAGE FAILS ESCAPED WHAT: what it did, against what that version of Debian's is known to do.
peer() {
  local version
  version=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo none)
  printf '%s: %s %s: %s\n' "$name" "$1" "$version" "$4"
  if [ "$version" = "$2" ] && [ "$3" -eq 0 ]; then
    printf '%s: %s %s is known to fail, and was not seen to\n' "$name" "$1" "$version" >&2
    faults=1
  fi
}

# ours ESCAPED WHAT
ours() {
  printf '%s: runner: %s\n' "$name" "$2"
  [ "$1" -eq 0 ] || faults=1
}

# image ROOTFS CONFIG: $work/image.tar, an OCI image "demonstration" of one layer, which ours has loaded; CONFIG is
# JSON.
image() {
  local layout=$work/layout
  local blobs=$layout/blobs/sha256
  mkdir -p "$blobs"
  tar -C "$1" -cf "$layout/layer" .
  # blob FILE: moves it to its place and prints its descriptor's digest and size.
  blob() {
    local digest size
    digest=$(sha256sum "$1" | cut -d' ' -f1)
    size=$(stat -c %s "$1")
    mv "$1" "$blobs/$digest"
    printf '{"digest":"sha256:%s","size":%s}' "$digest" "$size"
  }
  local layer config manifest type=application/vnd.oci.image
  layer=$(blob "$layout/layer")
  jq -nc --argjson layer "$layer" --argjson config "$2" \
    '{architecture: "amd64", os: "linux", $config, rootfs: {type: "layers", diff_ids: [$layer.digest]}}' >"$layout/config"
  config=$(blob "$layout/config")
  jq -nc --argjson layer "$layer" --argjson config "$config" --arg type $type \
    '{schemaVersion: 2, mediaType: "\($type).manifest.v1+json",
      config: ({mediaType: "\($type).config.v1+json"} + $config),
      layers: [{mediaType: "\($type).layer.v1.tar"} + $layer]}' >"$layout/manifest"
  manifest=$(blob "$layout/manifest")
  jq -nc --argjson manifest "$manifest" --arg type $type \
    '{schemaVersion: 2, manifests: [{mediaType: "\($type).manifest.v1+json",
      annotations: {"org.opencontainers.image.ref.name": "demonstration"}} + $manifest]}' >"$layout/index.json"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  tar -C "$layout" -cf "$work/image.tar" .
  "$build/bin/runner" image load --input "$work/image.tar" >/dev/null
}

# alone COMMAND...: in a mount namespace of its own with the cgroups of version 2 that crun wants, where a peer's
# own state is gone with its end.
alone() {
  timeout 60 unshare -m sh -ec '
    umount -R /sys/fs/cgroup
    mount -t cgroup2 none /sys/fs/cgroup
    mkdir -p /var/lib/containers
    for directory in /run /dev/shm /var/lib/containers; do mount -t tmpfs none $directory; done
    exec "$@"' sh "$@"
}

# podman_run WORD...: the words in a container of the image, by podman with limits that any host grants.
podman_run() {
  alone sh -ec '
    podman="podman --root $0/podman/root --runroot $0/podman/run --tmpdir $0/podman/tmp --runtime crun
      --cgroup-manager cgroupfs --events-backend none"
    $podman load -q -i "$0/image.tar" >/dev/null
    exec $podman run --rm --network none --cgroups=disabled --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
      localhost/demonstration "$@"' "$work" "$@"
}

# runner_run WORD...: the same by ours.
runner_run() { "$build/bin/runner" run demonstration "$@"; }

finish() { exit "$faults"; }
