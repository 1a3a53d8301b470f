// A second wall around a container's files (landlock(7)), behind its mount namespace.
#pragma once

namespace runtime::container {

// From here on this process and its children open, make, change, rename and execute files only
// below "/", whatever descriptor they begin at: a directory of the host that leaked in leads
// nowhere (CVE-2024-21626). The files that are standard input, output and error can still be opened
// again, as /dev/stdin and so on. Set no_new_privs before. False, with errno, when it failed; true
// without effect on a kernel that has no Landlock.
bool ConfineFiles();

}  // namespace runtime::container
