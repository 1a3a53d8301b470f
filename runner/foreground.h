// A container in the foreground: our input, output and signals are its.
#pragma once

#include "runtime/container/container.h"

namespace runner {

// With ContainerSpec::terminal our terminal is joined with the container's. Without `input` it
// reads nothing. To be called by the first thread, before there is another.
runtime::container::ContainerEnd RunInForeground(runtime::container::Host& host,
                                                 const runtime::container::ContainerSpec& spec,
                                                 bool input);

// Says on standard error what the exit code alone doesn't tell.
void Explain(const runtime::container::ContainerEnd& end);

}  // namespace runner
