#include "greeting.h"

namespace hello {

std::string Greeting(std::string_view name) {
  const size_t begin = name.find_first_not_of(' ');
  if (begin == std::string_view::npos) {
    return "Hello, world!";
  }
  const size_t end = name.find_last_not_of(' ');
  return "Hello, " + std::string(name.substr(begin, end - begin + 1)) + "!";
}

}  // namespace hello
