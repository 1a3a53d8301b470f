// A scratch directory with a store in it, root file systems made by tar(1), and the command itself.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "runtime/base/error.h"
#include "runtime/base/files.h"
#include "runtime/image/image_store.h"

namespace runtime::image {

struct Output {
  int code = -1;
  std::string text;  // standard output and standard error
};

class ImageTest : public ::testing::Test {
 protected:
  // A shell command in the scratch directory; "$R" is the command with this test's store.
  Output Shell(const std::string& command) const {
    const std::string script = "cd '" + scratch_.path().string() + "' && exec 2>&1 && R='" +
                               std::string(std::getenv("RUNNER_BUILD")) +
                               "/tests/image_verbs_program' RUNNER_ROOT='" + root().string() +
                               "' && export R RUNNER_ROOT && " + command;
    FILE* pipe = ::popen(script.c_str(), "r");
    Output output;
    char buffer[4096];
    while (const size_t n = std::fread(buffer, 1, sizeof buffer, pipe)) {
      output.text.append(buffer, n);
    }
    const int status = ::pclose(pipe);
    output.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return output;
  }

  // The output of a command that must succeed, without the last line end.
  std::string Run(const std::string& command) const {
    Output output = Shell(command);
    EXPECT_EQ(output.code, 0) << command << "\n" << output.text;
    while (output.text.ends_with('\n')) {
      output.text.pop_back();
    }
    return output.text;
  }

  // rootfs/: directories, modes, owners, links and times, as a distribution has them.
  void MakeRootfs() const {
    Run("mkdir -p rootfs/usr/bin rootfs/usr/lib rootfs/etc rootfs/tmp rootfs/root && "
        "ln -s usr/bin rootfs/bin && ln -s usr/lib rootfs/lib && "
        "echo tool > rootfs/usr/bin/tool && ln rootfs/usr/bin/tool rootfs/usr/bin/alias && "
        "echo root:x:0:0::/root:/bin/sh > rootfs/etc/passwd && "
        "chmod 1777 rootfs/tmp && chmod 700 rootfs/root && chmod 4755 rootfs/usr/bin/tool && "
        "chown 33:44 rootfs/etc/passwd && "
        "find rootfs -exec touch -h -d '2024-05-06 07:08:09 UTC' {} +");
  }

  // An image "base:1" of that root file system, from rootfs.tar.
  Image ImportBase() const {
    MakeRootfs();
    Run("tar -C rootfs -cf rootfs.tar . && $R image import -c 'ENV A=1' -c 'CMD [\"/bin/tool\"]' "
        "rootfs.tar base:1");
    return store_.Get("base:1");
  }

  std::filesystem::path root() const { return scratch_.path() / "state"; }
  std::filesystem::path File(const std::string& name) const { return scratch_.path() / name; }

  size_t CountBlobs() const {
    size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(state_.blobs())) {
      ++count;
    }
    return count;
  }

  // Nothing half done lies around.
  void ExpectClean() const {
    EXPECT_TRUE(std::filesystem::is_empty(state_.tmp()));
    EXPECT_TRUE(std::filesystem::is_empty(state_.trash()));
  }

  base::TemporaryDirectory scratch_{std::filesystem::temp_directory_path(), "image-test"};
  base::StateDir state_{scratch_.path() / "state"};
  ImageStore store_{state_};
};

}  // namespace runtime::image
