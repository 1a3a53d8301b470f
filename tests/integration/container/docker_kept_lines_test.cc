// The common command lines of `docker run` that keep a container, and of names on networks.
#include "tests/integration/container/docker_line.h"

namespace tests {
namespace {

const DockerRow kKeptRows[] = {
    {"Detached",
     "id=$(docker run -d busybox sh -c 'echo up; exit 3') && docker container wait $id && docker "
     "container logs $id && docker container rm $id >/dev/null",
     0, "3\nup\n", ""},
    {"DetachedInOneWord",
     "id=$(docker run -itd busybox sh) && docker container inspect -f '{{.State.Status}}' $id; "
     "docker container rm -f $id >/dev/null",
     0, "running\n", ""},
    {"Name",
     "docker run --name row-name busybox echo hello; docker container inspect -f "
     "'{{.State.Status}}' "
     "row-name; docker container rm row-name",
     0, "hello\nexited\nrow-name\n", ""},
    {"NameTwice",
     "docker run --name row-twice busybox true; docker run --name row-twice busybox true; code=$?; "
     "docker container rm row-twice >/dev/null; exit $code",
     125, "", "row-twice"},
    {"NameThatIsNone", "docker run --rm --name 'a b' busybox true", 125, "", "a b"},
    {"NameAndRm",
     "docker run --rm --name row-gone busybox echo hello; docker container ps -aq --filter "
     "name=row-gone",
     0, "hello\n", ""},
    {"ExitCodeOfAKeptOne", "docker run --rm --name row-code busybox sh -c 'exit 42'", 42, "", ""},
    {"NoSuchProgramInAKeptOne", "docker run --rm --name row-none busybox nosuch", 127, "",
     "nosuch"},
    {"Cidfile", "docker run --rm --cidfile id busybox true && [ -s id ] && echo written", 0,
     "written\n", ""},
    {"CidfileThatIsThere", ": >id; docker run --rm --cidfile id busybox true", 125, "", "id"},
    {"Labels",
     "docker run --label a=b -l c --name row-label busybox true; docker container ps -aq --filter "
     "label=a=b | wc -l; docker container rm row-label >/dev/null",
     0, "1\n", ""},
    {"StopTimeout",
     "docker run -d --stop-timeout 0 --name row-stop busybox sh -c 'trap : TERM; while :; do sleep "
     "0.01; done' >/dev/null; docker container stop row-stop; docker container inspect -f "
     "'{{.State.ExitCode}}' row-stop; docker container rm row-stop >/dev/null",
     0, "row-stop\n137\n", ""},
    {"Cp",
     "docker container create --name row-cp busybox true >/dev/null; echo hello >in; docker "
     "container cp in row-cp:/tmp/out; docker container cp row-cp:/tmp/out - | tar -xO; docker "
     "container rm row-cp",
     0, "hello\nrow-cp\n", ""},
    {"CpOfNothing",
     "docker container create --name row-cp2 busybox true >/dev/null; docker container cp "
     "row-cp2:/none .; docker container rm row-cp2",
     0, "row-cp2\n", "/none"},
    {"Diff",
     "docker run --name row-diff busybox sh -c 'mkdir /srv; echo x >/srv/a; rm /bin/wget'; docker "
     "container diff row-diff; docker container rm row-diff",
     0, "C /bin\nD /bin/wget\nA /srv\nA /srv/a\nrow-diff\n", ""},
    {"Commit",
     "docker run --name row-commit busybox sh -c 'echo x >/made'; docker container commit -m why "
     "-c "
     "'CMD [\"cat\", \"/made\"]' row-commit row/commit:1 >/dev/null; docker run row/commit:1; "
     "docker "
     "container rm row-commit; docker image rm row/commit:1 >/dev/null",
     0, "x\nrow-commit\n", ""},
    {"Export",
     "docker container create --name row-export busybox true >/dev/null; docker container export "
     "row-export | tar -t | grep -c '^./bin/busybox$'; docker container rm row-export",
     0, "1\nrow-export\n", ""},
    {"DataContainer",
     "docker container create -v /data --name row-data busybox true >/dev/null; docker run "
     "--volumes-from row-data busybox sh -c 'echo kept >/data/file'; docker run --volumes-from "
     "row-data:ro busybox cat /data/file; docker container rm -v row-data; docker volume ls -q | "
     "grep -E '^[0-9a-f]{64}$'; true",
     0, "kept\nrow-data\n", ""},
    {"AnonymousVolume",
     "docker run --read-only -v /scratch busybox sh -c 'echo x >/scratch/a && cat "
     "/scratch/a'; docker volume ls -q | grep -E '^[0-9a-f]{64}$'; true",
     0, "x\n", ""},
    {"HealthCheck",
     "docker run -d --name row-health --health-cmd true --health-interval 10ms busybox sleep 1000 "
     ">/dev/null; until docker container ps --filter name=row-health | grep -q '(healthy)'; do :; "
     "done; docker container rm -f row-health",
     0, "row-health\n", ""},
    {"NoHealthCheck",
     "docker run -d --name row-nohealth --no-healthcheck busybox sleep 1000 >/dev/null; docker "
     "container ps -q --filter health=none --filter name=row-nohealth | wc -l; docker container rm "
     "-f row-nohealth",
     0, "1\nrow-nohealth\n", ""},
    {"RestartThatIsNone", "docker run -d --restart sometimes busybox true", 125, "", "sometimes"},
    {"RestartAndRm", "docker run -d --rm --restart always busybox true", 125, "", "--restart"},
    {"SigProxy", "docker run --rm --sig-proxy=false busybox echo ok", 0, "ok\n", ""},
    {"LogOptions",
     "docker run --rm --log-driver json-file --log-opt max-size=1m busybox echo logged", 0,
     "logged\n", ""},
    {"LogDriverOfAnother", "docker run --rm --log-driver syslog busybox true", 125, "",
     "--log-driver syslog is refused"},
    {"AddHost", "docker run --rm --add-host data.base:10.0.0.7 busybox grep data /etc/hosts", 0,
     "10.0.0.7\tdata.base\n", ""},
    {"AddHostThatIsNone", "docker run --rm --add-host db busybox true", 125, "", "--add-host db"},
    {"Publish",
     "docker run -d --name row-web -p 127.0.0.1::80 busybox sleep 1000 >/dev/null; docker "
     "container port row-web | cut -d: -f1; docker container ps --format '{{.Ports}}' --filter "
     "name=row-web | sed 's/:[0-9]*-/:PORT-/'; docker container rm -f row-web",
     0, "80/tcp -> 127.0.0.1\n127.0.0.1:PORT->80/tcp\nrow-web\n", ""},
    {"PublishAnExposedPort",
     "docker run -d --name row-all -P --expose 53/udp busybox sleep 1000 >/dev/null; docker "
     "container port row-all 53/udp | sed 's/[0-9]*$/PORT/'; docker container rm -f row-all",
     0, "0.0.0.0:PORT\n[::]:PORT\nrow-all\n", ""},
    {"PublishOnTakenPort",
     "docker run -d --name row-one -p 127.0.0.1::80 busybox sleep 1000 >/dev/null; docker run "
     "--rm -p $(docker container port row-one 80):81 busybox true; code=$?; docker container rm -f "
     "row-one >/dev/null; exit $code",
     125, "", "this port of the host is in use"},
    {"NetworkThatIsNone", "docker run --rm --network nosuch busybox true", 125, "",
     "--network nosuch"},
};

INSTANTIATE_TEST_SUITE_P(Kept, DockerLine, testing::ValuesIn(kKeptRows), NameOfRow);

}  // namespace
}  // namespace tests
