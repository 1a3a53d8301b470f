#include "tests/unit/pipeline/allocation_count.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<size_t> allocations = 0;

}  // namespace

// In a file of their own: where they can be seen next to `new`, g++ takes them for a mistake. The
// form that doesn't throw is one of them: the address sanitizer's own doesn't come through ours,
// and ours frees.
void* operator new(size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size > 0 ? size : 1);
}

void* operator new(size_t size) {
  if (void* memory = ::operator new(size, std::nothrow)) {
    return memory;
  }
  throw std::bad_alloc();
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept { std::free(memory); }

namespace pipeline {

size_t CountAllocations() { return allocations; }

}  // namespace pipeline
