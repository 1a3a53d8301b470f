// Secrets by reference: "file:PATH", "env:NAME", "command:PROGRAM ARGS".
#pragma once

#include <string>
#include <string_view>

namespace runner {

// Has it one of the three forms?
bool IsSecretReference(std::string_view text);

// What a secret must look like to be of use.
enum class SecretForm {
  kAny,
  kLine,        // a password: one line of valid UTF-8 without control characters
  kPrivateKey,  // of ssh, in OpenSSH or PEM form
  kForSteps,    // long enough to be masked (secret_forms.h)
};

// The secret as it is, byte by byte. A command is run without a shell, its arguments split at
// spaces, for at most 10 s. Throws Error, which names the reference and never the secret, when it
// can't be read, is empty but for line ends, or longer than 64 KiB. Any thread.
std::string ReadSecret(const std::string& reference);

// The same without line ends at its end; also an Error when it isn't of that form.
std::string ResolveSecret(const std::string& reference, SecretForm form = SecretForm::kAny);

}  // namespace runner
