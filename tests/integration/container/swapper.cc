// swapper DIRECTORY LINK: exchanges the two names without end (renameat2(2)), which no one who
// looks at one of them first and uses it later survives. Says "ready" first.
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  ::puts("ready");
  ::fflush(stdout);
  while (::syscall(SYS_renameat2, AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) == 0) {
  }
  ::perror("renameat2");
  return 1;
}
