// Copying a file's content inside the kernel.
#pragma once

#include <cstdint>
#include <stop_token>

namespace runtime::layer {

// Copies `size` bytes from the start of `from` to the empty file `to`: shares the blocks where the
// file system can (ioctl_ficlonerange(2)), else copies in the kernel, and keeps holes. Throws
// Error; kInvalid when `from` is shorter, kCancelled after a stop.
void CopyFileContent(int from, int to, uint64_t size, const std::stop_token& stop = {});

}  // namespace runtime::layer
