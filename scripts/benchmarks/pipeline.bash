# A part of scripts/bench, whose functions and variables it uses.
# shellcheck disable=SC2154
#
# Four steps with nothing to do (build, image, test, push to a registry on loopback) and the clone before them, beside
# the same by hand: a Makefile that calls podman run -v, podman build and podman push.
start_registry "$work"
project=$work/no-op
mkdir "$project"
echo hello >"$project/hello.txt"
echo '<testsuite name="none" tests="1"><testcase classname="none" name="one"/></testsuite>' >"$project/report.xml"
cat >"$project/.runner.yml" <<'YAML'
name: no-op
steps:
  build:
    image: busybox
    run: "true"
  package:
    image-build:
      from: busybox
      copy: {hello.txt: /hello.txt}
  test:
    image: ${{ steps.package.image }}
    run: "true"
    tests: {junit: report.xml}
  push:
    push:
      image: ${{ steps.package.image }}
      to: ${{ env.REGISTRY }}/no-op
      tags: [latest]
YAML
# cgroups and limits as any host grants them.
podman="podman --root $work/podman/root --runroot $work/podman/run --tmpdir $work/podman/tmp"
podman+=" --cgroup-manager cgroupfs --runtime runc --log-level error"
limits="--ulimit nofile=1024:1024 --ulimit nproc=4096:4096"
$podman import -q build/samples/images/busybox.tar localhost/busybox:latest >/dev/null
cat >"$project/Makefile" <<MAKE
SOURCE = $work/by-hand
all:
	rm -rf \$(SOURCE)
	$podman run --rm $limits -v $work:$work localhost/busybox:latest cp -r $project \$(SOURCE)
	$podman run --rm $limits -v \$(SOURCE):/src -w /src localhost/busybox:latest true
	$podman build -q $limits -t $registry/by-hand:latest \$(SOURCE)
	$podman run --rm $limits $registry/by-hand:latest true
	$podman push -q --tls-verify=false $registry/by-hand:latest
MAKE
printf 'FROM localhost/busybox:latest\nCOPY hello.txt /hello.txt\n' >"$project/Dockerfile"
commit_all "$project"

for _ in 1 2; do  # the first time, images and layers are made
  took "$runner" exec "$project" --env REGISTRY="$registry"
  took make -s -C "$project"
done
"$benchmarks/interleave" 10 \
  runner "$runner" exec "$project" --env REGISTRY="$registry" -- \
  podman make -s -C "$project" >"$work/times"
stop_registry
awk '{printf "%-34s %8.1f ms, p90 %8.1f\n", $1 == "runner" ? "runner exec" : "make, podman", $2, $3}' "$work/times"
ours=$(awk '$1 == "runner" {print $2}' "$work/times")
theirs=$(awk '$1 == "podman" {print $2}' "$work/times")
target "a pipeline of no-op steps, with clone and push" "$ours" 150 " ms"
target "the same, of podman and a Makefile" "$(ratio "$ours" "$theirs")" 0.067 ""
