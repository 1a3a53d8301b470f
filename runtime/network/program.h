// Programs of the host that a network needs: nft and slirp4netns.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace runtime::network {

// Looked for where a host has its own programs, whatever our PATH says. Throws Error
// (kUnsupported) that names the Debian package when it isn't there.
std::filesystem::path FindProgram(std::string_view name, std::string_view package);

// Runs it inside of that network namespace with `input` on its standard input, and waits. Throws
// Error with what it wrote to its standard error when it fails.
void RunInside(int network, const std::vector<std::string>& command, std::string_view input);

}  // namespace runtime::network
