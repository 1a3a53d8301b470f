// The common command lines of `docker run`, as users type them: exit code, output and effect. The
// rows of the options that keep a container, and of networks, are with those.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>

#include "tests/integration/container/run_fixture.h"

namespace tests {
namespace {

struct Row {
  const char* name;
  const char* line;   // for sh, in a directory of its own; `docker` is our program
  int code;           // what docker exits with
  const char* out;    // all of standard output
  const char* error;  // in the one line of standard error; "" where there is none
};

void PrintTo(const Row& row, std::ostream* stream) { *stream << row.line; }

const Row kRows[] = {
    // What is run.
    {"Rm", "docker run --rm busybox echo hello", 0, "hello\n", ""},
    {"InteractiveReadsInput", "echo typed | docker run --rm -i busybox cat", 0, "typed\n", ""},
    {"WithoutInteractiveNoInput", "echo typed | docker run --rm busybox cat", 0, "", ""},
    {"Tty", "docker run --rm -t busybox tty", 0, "/dev/pts/0\r\n", ""},
    {"ShortFlagsTogether", "docker run --rm -it busybox sh -c 'tty </dev/tty' </dev/null", 0,
     "/dev/tty\r\n", ""},
    {"OptionsAfterTheImageAreTheCommands", "docker run --rm busybox echo -e --rm -- x", 0,
     "--rm -- x\n", ""},
    {"DashDashEndsTheOptions", "docker run --rm -- busybox echo -n x", 0, "x", ""},
    {"FlagsWithValues", "docker run --rm=true -i=false --init busybox echo hello", 0, "hello\n",
     ""},
    {"QuietAndPull", "docker run --rm -q --pull missing busybox echo hello", 0, "hello\n", ""},
    {"OutputAndErrorsApart", "docker run --rm busybox sh -c 'echo a; echo b >&2' 2>/dev/null", 0,
     "a\n", ""},
    // Entrypoint, directory, user.
    {"Entrypoint", "docker run --rm --entrypoint echo busybox a b", 0, "a b\n", ""},
    {"EntrypointByPath", "docker run --rm --entrypoint=/bin/sh busybox -c 'echo $0'", 0,
     "/bin/sh\n", ""},
    {"EntrypointEmpty", "docker run --rm --entrypoint= busybox echo a", 0, "a\n", ""},
    {"EntrypointEmptyWord", "docker run --rm --entrypoint '' busybox echo a", 0, "a\n", ""},
    {"Workdir", "docker run --rm -w /made/here busybox pwd", 0, "/made/here\n", ""},
    {"WorkdirRelative", "docker run --rm -w here busybox pwd", 125, "", "--workdir here"},
    {"UserByNumber", "docker run --rm -u 1000 busybox id -u", 0, "1000\n", ""},
    {"UserAndGroup", "docker run --rm --user 1000:2000 busybox sh -c 'id -u; id -g'", 0,
     "1000\n2000\n", ""},
    {"UserByName", "docker run --rm -u nobody busybox id -u", 0, "65534\n", ""},
    {"UserAndGroupByName", "docker run --rm -u nobody:nogroup busybox id -gn", 0, "nogroup\n", ""},
    {"UserThatIsNone", "docker run --rm -u nosuch busybox id", 125, "", "no such user"},
    {"GroupAdd", "docker run --rm -u 1000:1000 --group-add 5000 --group-add nogroup busybox id -G",
     0, "1000 5000 65534\n", ""},
    {"GroupAddThatIsNone", "docker run --rm --group-add nosuch busybox id", 125, "",
     "no such group"},
    // Environment.
    {"Env", "docker run --rm -e A=1 --env B='2 3' busybox sh -c 'echo $A $B'", 0, "1 2 3\n", ""},
    {"EnvInOneWord", "docker run --rm -eA=1 -e=B=2 --env=C=a=b busybox sh -c 'echo $A $B $C'", 0,
     "1 2 a=b\n", ""},
    {"EnvOfOurs", "X=ours docker run --rm -e X -e NO_SUCH busybox sh -c 'echo $X${NO_SUCH-.}'", 0,
     "ours.\n", ""},
    {"EnvWithoutAName", "docker run --rm -e =x busybox env", 125, "", "--env =x"},
    {"EnvFile",
     "printf '# note\\nA=1\\n  B=two words \\n\\nX\\nC=1\\n' >f; X=ours docker run --rm --env-file "
     "f "
     "-e C=2 busybox sh -c 'echo \"$A|$B|$X|$C\"'",
     0, "1|two words |ours|2\n", ""},
    {"EnvFileThatIsWrong", "echo 'A B=1' >f; docker run --rm --env-file f busybox env", 125, "",
     "f:1: \"A B\" has blanks"},
    {"EnvFileThatIsNone", "docker run --rm --env-file nosuch busybox env", 125, "", "nosuch"},
    // Files.
    {"Volume", "echo x >f; docker run --rm -v \"$PWD:/in\" busybox cat /in/f", 0, "x\n", ""},
    {"VolumeIsWritten", "docker run --rm -v \"$PWD\":/out busybox touch /out/f; echo f*", 0, "f\n",
     ""},
    {"VolumeReadOnly",
     "docker run --rm -v \"$PWD:/in:ro\" busybox touch /in/f 2>/dev/null || echo $?", 0, "1\n", ""},
    {"VolumeInOneWord", "echo x >f; docker run --rm -v\"$PWD\":/in busybox cat /in/f", 0, "x\n",
     ""},
    {"VolumeOfHere", "mkdir d; docker run --rm -v ./d:/d:z busybox touch /d/f; echo d/*", 0,
     "d/f\n", ""},
    {"VolumeOfAFile", "echo x >f; docker run --rm -v \"$PWD/f:/etc/f:ro,Z\" busybox cat /etc/f", 0,
     "x\n", ""},
    {"VolumeByName",
     "docker run --rm -v rows:/data busybox touch /data/f; docker run --rm -v rows:/data busybox "
     "ls /data",
     0, "f\n", ""},
    {"VolumeWithAWrongMode", "docker run --rm -v /tmp:/x:rwx busybox true", 125, "",
     "--volume /tmp:/x:rwx"},
    {"MountBind",
     "echo x >f; docker run --rm --mount type=bind,src=\"$PWD\",dst=/in,readonly busybox cat "
     "/in/f",
     0, "x\n", ""},
    {"MountVolume",
     "docker run --rm --mount source=row-mount,target=/data busybox touch /data/f; docker run --rm "
     "--mount type=volume,source=row-mount,target=/data,ro busybox ls /data",
     0, "f\n", ""},
    {"MountTmpfs",
     "docker run --rm --mount type=tmpfs,destination=/t,tmpfs-size=1m,tmpfs-mode=1770 busybox stat "
     "-c %a /t",
     0, "1770\n", ""},
    {"Tmpfs",
     "docker run --rm --tmpfs /run:rw,noexec,nosuid,size=65536k busybox sh -c 'grep -o \"/run "
     "tmpfs "
     "rw,nosuid,nodev,noexec.*size=65536k\" /proc/mounts | cut -d\" \" -f1,2'",
     0, "/run tmpfs\n", ""},
    {"ReadOnly",
     "docker run --rm --read-only --tmpfs /tmp busybox sh -c 'touch /tmp/f && echo tmp; touch /f "
     "2>/dev/null || echo no'",
     0, "tmp\nno\n", ""},
    // Names, limits, rights.
    {"Hostname", "docker run --rm -h box busybox hostname", 0, "box\n", ""},
    {"HostnameLong", "docker run --rm --hostname=box.example busybox hostname", 0, "box.example\n",
     ""},
    {"NetworkNone", "docker run --rm --network none busybox ls /sys/class/net", 0, "lo\n", ""},
    {"NetworkHost",
     "[ \"$(docker run --rm --net=host busybox ls /sys/class/net)\" = \"$(ls /sys/class/net)\" ]",
     0, "", ""},
    {"MemoryAndCpus", "docker run --rm -m 64m --cpus 0.5 --pids-limit=100 busybox echo limited", 0,
     "limited\n", ""},
    {"Ulimit", "docker run --rm --ulimit nofile=100:200 busybox sh -c 'ulimit -n; ulimit -Hn'", 0,
     "100\n200\n", ""},
    {"UlimitUnknown", "docker run --rm --ulimit files=1 busybox true", 125, "", "--ulimit files=1"},
    {"ShmSize",
     "docker run --rm --shm-size=1m busybox sh -c \"df -k /dev/shm | awk 'END {print \\$2}'\"", 0,
     "1024\n", ""},
    {"OomScore", "docker run --rm --oom-score-adj=600 busybox cat /proc/self/oom_score_adj", 0,
     "600\n", ""},
    {"MemoryTooLittle", "docker run --rm -m 1m busybox true", 125, "", "--memory 1m"},
    {"PidsWithoutLimit", "docker run --rm --pids-limit -1 busybox echo free", 0, "free\n", ""},
    {"CapDropAll",
     "docker run --rm --cap-drop ALL --cap-add NET_BIND_SERVICE busybox grep CapEff "
     "/proc/self/status",
     0, "CapEff:\t0000000000000400\n", ""},
    {"CapAddThatIsNone", "docker run --rm --cap-add NO_SUCH busybox true", 125, "", "NO_SUCH"},
    {"SecurityOptions",
     "docker run --rm --security-opt no-new-privileges --security-opt seccomp=unconfined busybox "
     "grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status",
     0, "NoNewPrivs:\t1\nSeccomp:\t0\n", ""},
    {"Sysctl",
     "docker run --rm --sysctl net.core.somaxconn=77 --sysctl kernel.shmmni=55 busybox cat "
     "/proc/sys/net/core/somaxconn /proc/sys/kernel/shmmni",
     0, "77\n55\n", ""},
    {"SysctlOfTheHost", "docker run --rm --sysctl vm.swappiness=1 busybox true", 125, "",
     "--sysctl vm.swappiness=1"},
    {"StopSignal", "docker run --rm --stop-signal SIGUSR1 busybox echo ok", 0, "ok\n", ""},
    {"StopSignalThatIsNone", "docker run --rm --stop-signal NONE busybox true", 125, "",
     "--stop-signal NONE"},
    {"Platform", "docker run --rm --platform linux busybox echo ok", 0, "ok\n", ""},
    {"PlatformOfAnother", "docker run --rm --platform linux/s390x busybox true", 125, "",
     "--platform linux/s390x"},
    // What a container of ours can't have.
    {"Privileged", "docker run --rm --privileged busybox true", 125, "",
     "--privileged is refused: a container never gets the rights of the host"},
    {"PrivilegedFalse", "docker run --rm --privileged=false busybox echo ok", 0, "ok\n", ""},
    {"PidHost", "docker run --rm --pid host busybox true", 125, "", "--pid host is refused"},
    {"IpcHost", "docker run --rm --ipc=host busybox true", 125, "", "--ipc host is refused"},
    {"IpcPrivate", "docker run --rm --ipc=private busybox echo ok", 0, "ok\n", ""},
    {"UsernsHost", "docker run --rm --userns=host busybox true", 125, "",
     "--userns host is refused"},
    {"Device", "docker run --rm --device /dev/kvm busybox true", 125, "",
     "--device /dev/kvm is refused"},
    {"DeviceThatIsThere", "docker run --rm --device /dev/null busybox echo ok", 0, "ok\n", ""},
    // Exit codes.
    {"ExitCode", "docker run --rm busybox sh -c 'exit 42'", 42, "", ""},
    {"ExitCodeOfASignal", "docker run --rm busybox sh -c 'kill -TERM $$'", 143, "", ""},
    {"NoSuchProgram", "docker run --rm busybox nosuch", 127, "", "nosuch"},
    {"NotExecutable", "docker run --rm busybox /etc/passwd", 126, "", "Permission denied"},
    {"NoSuchImage", "docker run --rm --pull never nosuch true", 125, "", "no image \"nosuch\""},
    {"UnknownOption", "docker run --rmm busybox true", 125, "", "did you mean --rm?"},
    {"UnknownOptionFarOff", "docker run --no-such-thing busybox true", 125, "",
     "see: runner run --help"},
    {"OptionWithoutItsValue", "docker run --rm -v", 125, "", "--volume"},
    {"NoImage", "docker run --rm", 125, "", "no image given"},
};

class DockerLine : public RunTest, public testing::WithParamInterface<Row> {};

TEST_P(DockerLine, DoesWhatDockerDoes) {
  const Row& row = GetParam();
  const std::filesystem::path directory = MakeDirectory(std::string("row-") + row.name);
  const Output output = RunToEnd(AsUser({"sh", "-c",
                                         "docker() { command \"$RUNNER\" \"$@\"; }\n"
                                         "RUNNER=$0; cd \"$1\" || exit\n" +
                                             std::string(row.line),
                                         (build() / "bin/runner").string(), directory}));
  EXPECT_EQ(output.code, row.code) << output.errors;
  EXPECT_EQ(output.text, row.out);
  EXPECT_THAT(output.errors, testing::HasSubstr(row.error));
  EXPECT_EQ(std::count(output.errors.begin(), output.errors.end(), '\n'),
            *row.error == '\0' ? 0 : 1)
      << output.errors;
}

INSTANTIATE_TEST_SUITE_P(Common, DockerLine, testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace tests
