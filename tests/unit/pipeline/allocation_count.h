// Counts what this program allocates: a measure of work that is the same on every machine.
#pragma once

#include <cstddef>

namespace pipeline {

// Since the program began, of all threads.
size_t CountAllocations();

}  // namespace pipeline
