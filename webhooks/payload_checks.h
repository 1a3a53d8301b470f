// What a value of a payload must look like before it is used.
#pragma once

#include <cstddef>
#include <string_view>

namespace webhooks {

inline constexpr size_t kCommitIdLength = 40;

// 40 lower-case hex digits.
bool IsCommitId(std::string_view text);

// "OWNER/NAME" of letters, digits, ".", "_" and "-", neither of them "." or "..".
bool IsRepositoryName(std::string_view text);

// "refs/..." as git-check-ref-format(1) allows it, at most 1024 bytes. Valid names can still hold
// quotes, "$" and "`": they are data, never part of a command.
bool IsRefName(std::string_view text);

// An http, https, ssh or git URL with a host, without a password, white space or control
// characters, at most 2048 bytes. Never a path, file:// or a remote helper such as ext::.
bool IsRemoteCloneUrl(std::string_view text);

}  // namespace webhooks
