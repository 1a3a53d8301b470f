// What the program says.
#pragma once

#include <string>
#include <string_view>

namespace hello {

// "Hello, NAME!". Blanks around the name don't count; without a name it greets the world.
std::string Greeting(std::string_view name);

}  // namespace hello
