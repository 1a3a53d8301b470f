// runner-init as an image's entrypoint: supervises its services. The words of its command line are
// in docs/init.md.
#pragma once

namespace runtime::supervise {

int Main(int argc, char** argv);

}  // namespace runtime::supervise
