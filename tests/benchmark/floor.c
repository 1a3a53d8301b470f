// The floor: what the kernel alone takes for one throw-away container. Namespaces (mount, pid, ipc,
// uts, cgroup, and net), an overlay with a writable layer of its own, /proc, pivot_root, exec, and
// all of it gone again. No cgroup, no seccomp, no user namespace: a runtime can only add to it.
//
// floor [--repeat N] ROOTFS SCRATCH PROGRAM [ARG...]
// ROOTFS is the lower layer, SCRATCH a directory for the writable ones, PROGRAM is inside ROOTFS.
// Overlayfs leaves a file of its own in the work directory: SCRATCH is the caller's to remove.
// Fails with 125 if a call fails, with 1 if PROGRAM does. With --repeat: prints the median in ms of
// N.
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { kSetupFailed = 125, kPathSize = 512 };

static void Check(int result, const char* what) {
  if (result < 0) {
    perror(what);
    _exit(kSetupFailed);
  }
}

static double Milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int CompareDoubles(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return (x > y) - (x < y);
}

// Enters a new directory below `scratch` with the directories of one overlay.
static void MakeScratch(const char* scratch) {
  char own[kPathSize];
  snprintf(own, sizeof own, "%s/floor-XXXXXX", scratch);
  Check(mkdtemp(own) == NULL ? -1 : chdir(own), own);
  Check(mkdir("upper", 0755), "mkdir upper");
  Check(mkdir("work", 0755), "mkdir work");
  Check(mkdir("merged", 0755), "mkdir merged");
}

static void RunInside(const char* rootfs, char** program) {
  char options[kPathSize * 2];
  Check(prctl(PR_SET_PDEATHSIG, SIGKILL), "die with the parent");
  Check(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make / private");
  snprintf(options, sizeof options, "lowerdir=%s,upperdir=upper,workdir=work,volatile", rootfs);
  Check(mount("overlay", "merged", "overlay", 0, options), "mount overlay");
  Check(chdir("merged"), "chdir merged");
  Check(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount proc");
  Check((int)syscall(SYS_pivot_root, ".", "."), "pivot_root");
  Check(umount2(".", MNT_DETACH), "unmount the old root");
  Check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no-new-privileges");
  execv(program[0], program);
  Check(-1, "exec");
}

static int OneContainer(const char* rootfs, const char* scratch, char** program) {
  int pidfd = -1, status = 0;
  struct clone_args clone = {
      .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP |
               CLONE_NEWNET | CLONE_PIDFD,
      .pidfd = (unsigned long)&pidfd,
      .exit_signal = SIGCHLD,
  };
  MakeScratch(scratch);
  const pid_t pid = (pid_t)syscall(SYS_clone3, &clone, sizeof clone);
  Check(pid, "clone3");
  if (pid == 0) {
    RunInside(rootfs, program);
  }
  Check(waitpid(pid, &status, 0), "waitpid");
  close(pidfd);
  Check(rmdir("upper"), "rmdir upper");
  Check(rmdir("merged"), "rmdir merged");
  if (WIFEXITED(status) && WEXITSTATUS(status) == kSetupFailed) {
    return kSetupFailed;
  }
  return status == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  int repeat = 0, first = 1;
  if (argc > 2 && strcmp(argv[1], "--repeat") == 0) {
    repeat = atoi(argv[2]);
    first = 3;
  }
  if (argc - first < 3 || repeat < 0) {
    fprintf(stderr, "usage: floor [--repeat N] ROOTFS SCRATCH PROGRAM [ARG...]\n");
    return 2;
  }
  char* rootfs = realpath(argv[first], NULL);
  Check(rootfs == NULL || strlen(rootfs) > kPathSize ? -1 : 0, argv[first]);
  char* scratch = realpath(argv[first + 1], NULL);
  Check(scratch == NULL || strlen(scratch) > kPathSize / 2 ? -1 : 0, argv[first + 1]);

  const int runs = repeat > 0 ? repeat : 1;
  double* times = calloc((size_t)runs, sizeof *times);
  int result = 0;
  for (int i = 0; i < runs && result == 0; ++i) {
    const double begin = Milliseconds();
    result = OneContainer(rootfs, scratch, argv + first + 2);
    times[i] = Milliseconds() - begin;
  }
  if (repeat > 0 && result == 0) {
    qsort(times, (size_t)runs, sizeof *times, CompareDoubles);
    printf("%.3f\n", times[runs / 2]);
  }
  free(times);
  free(scratch);
  free(rootfs);
  return result;
}
