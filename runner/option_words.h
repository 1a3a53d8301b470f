// The words of a command line, made such that CLI11 reads them as docker and getopt(3) do.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace runner {

// "--name=" means an empty value, where CLI11 would take the next word; "-n=value" means "value",
// and "-f=false" of a flag what "--flag=false" does.
// Looks at options only: a verb whose app is a prefix command has none after the first other word.
std::vector<std::string> OptionWords(const CLI::App& app, const std::vector<std::string>& words);

}  // namespace runner
