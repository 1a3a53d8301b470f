#include "runtime/container/init_image.h"

extern "C" const char runner_init_begin;
extern "C" const char runner_init_end;

namespace runtime::container {

std::string_view InitImage() {
  return {&runner_init_begin, static_cast<size_t>(&runner_init_end - &runner_init_begin)};
}

}  // namespace runtime::container
