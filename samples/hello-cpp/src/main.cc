// hello [NAME]: prints a greeting.
#include <cstdio>

#include "greeting.h"

int main(int argc, char** argv) {
  if (argc > 2) {
    std::fputs("usage: hello [NAME]\n", stderr);
    return 2;
  }
  std::puts(hello::Greeting(argc == 2 ? argv[1] : "").c_str());
  return 0;
}
