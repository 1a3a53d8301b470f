// Secrets by reference: "file:PATH", "env:NAME", "command:PROGRAM ARGS".
#pragma once

#include <string>
#include <string_view>

namespace runner::serve {

// Has it one of the three forms?
bool IsSecretReference(std::string_view text);

// The secret itself, without line ends at its end. A command is run without a shell, its arguments
// split at spaces, for at most 10 s. Throws Error, which names the reference and never the secret,
// when it can't be read, is empty, or is longer than 64 KiB.
std::string ResolveSecret(const std::string& reference);

}  // namespace runner::serve
