#include "tests/support/git_repository.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "runtime/base/fd.h"
#include "runtime/base/files.h"

namespace tests {
namespace {

using runtime::base::UniqueFd;

// An unnamed file that holds `content`, at its start.
UniqueFd TemporaryFile(std::string_view content) {
  UniqueFd fd = runtime::base::OpenFile(std::filesystem::temp_directory_path(), O_TMPFILE | O_RDWR);
  runtime::base::WriteAll(fd.get(), content, "a temporary file");
  ::lseek(fd.get(), 0, SEEK_SET);
  return fd;
}

std::string Content(const UniqueFd& fd) {
  ::lseek(fd.get(), 0, SEEK_SET);
  return runtime::base::ReadAll(fd.get(), "a program's output");
}

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace

std::string RunProgram(const std::vector<std::string>& argv, std::string_view input,
                       const std::vector<std::string>& environment) {
  std::vector<std::string> env = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                                  "HOME=/nonexistent",
                                  "GIT_CONFIG_NOSYSTEM=1",
                                  "GIT_TERMINAL_PROMPT=0",
                                  "GIT_AUTHOR_NAME=Ada",
                                  "GIT_AUTHOR_EMAIL=ada@example.com",
                                  "GIT_COMMITTER_NAME=Ada",
                                  "GIT_COMMITTER_EMAIL=ada@example.com",
                                  "GIT_AUTHOR_DATE=1700000000 +0000",
                                  "GIT_COMMITTER_DATE=1700000000 +0000"};
  env.insert(env.end(), environment.begin(), environment.end());
  std::vector<char*> arguments;
  std::vector<char*> variables;
  std::vector<std::string> copy = argv;
  for (std::string& argument : copy) {
    arguments.push_back(argument.data());
  }
  arguments.push_back(nullptr);
  for (std::string& variable : env) {
    variables.push_back(variable.data());
  }
  variables.push_back(nullptr);

  const UniqueFd in = TemporaryFile(input);
  const UniqueFd out = TemporaryFile("");
  const UniqueFd err = TemporaryFile("");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
  posix_spawn_file_actions_adddup2(&actions, err.get(), 2);
  pid_t pid = 0;
  const int error =
      posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw std::runtime_error("can't start " + argv[0]);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  std::string output = Content(out);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    std::string command;
    for (const std::string& argument : argv) {
      command += argument + " ";
    }
    throw std::runtime_error(command + "failed: " + output + Content(err));
  }
  if (output.ends_with('\n')) {
    output.pop_back();
  }
  return output;
}

GitRepository::GitRepository(std::filesystem::path directory, bool bare)
    : directory_(std::move(directory)) {
  std::filesystem::create_directories(directory_);
  std::vector<std::string> arguments = {"init", "-q", "-b", "main"};
  if (bare) {
    arguments.push_back("--bare");
  }
  Git(arguments);
}

std::string GitRepository::Git(const std::vector<std::string>& arguments,
                               std::string_view input) const {
  std::vector<std::string> argv = {"git", "-c", "protocol.file.allow=always", "-C",
                                   directory_.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return RunProgram(argv, input);
}

void GitRepository::Write(const std::string& path, std::string_view content) const {
  std::filesystem::create_directories((directory_ / path).parent_path());
  std::ofstream(directory_ / path, std::ios::binary) << content;
}

std::string GitRepository::Commit(const std::string& message) const {
  Git({"add", "-A"});
  Git({"commit", "-q", "--allow-empty", "-m", message});
  return Git({"rev-parse", "HEAD"});
}

std::string GitRepository::Blob(std::string_view content) const {
  return Git({"hash-object", "-w", "--stdin"}, content);
}

std::string GitRepository::Tree(const std::vector<Entry>& entries) const {
  std::string content;
  for (const Entry& entry : entries) {
    content += entry.mode + " " + entry.name + '\0' + FromHex(entry.id);
  }
  return Git({"hash-object", "-w", "--stdin", "-t", "tree", "--literally"}, content);
}

std::string GitRepository::CommitEntries(const std::vector<Entry>& entries) const {
  const std::string commit = Git({"commit-tree", "-m", "made by hand", Tree(entries)});
  Git({"update-ref", "refs/heads/main", commit});
  return commit;
}

std::string Listing(const std::filesystem::path& directory) {
  std::vector<std::string> lines;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    struct stat status {};
    ::lstat(entry.path().c_str(), &status);
    std::ostringstream line;
    line << entry.path().lexically_relative(directory).string() << " " << std::oct
         << status.st_mode;
    if (entry.is_symlink()) {
      line << " -> " << std::filesystem::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      line << " " << runtime::base::ReadFile(entry.path());
    }
    lines.push_back(line.str());
  }
  std::sort(lines.begin(), lines.end());
  std::string listing;
  for (const std::string& line : lines) {
    listing += line + "\n";
  }
  return listing;
}

}  // namespace tests
