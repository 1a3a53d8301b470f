// GitRepository: a repository for tests, made by the git program without any configuration of the
// host.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tests {

// Runs a program to its end; its standard output, without the last newline. Throws
// std::runtime_error with both outputs when the exit code isn't 0.
std::string RunProgram(const std::vector<std::string>& argv, std::string_view input = {},
                       const std::vector<std::string>& environment = {});

class GitRepository {
 public:
  // Makes an empty repository there, with "main" as its branch.
  explicit GitRepository(std::filesystem::path directory, bool bare = false);

  // git -C DIRECTORY ARGUMENTS...
  std::string Git(const std::vector<std::string>& arguments, std::string_view input = {}) const;

  // A file of the working tree, with its directories.
  void Write(const std::string& path, std::string_view content) const;

  // Commits all that isn't ignored; the commit's id.
  std::string Commit(const std::string& message) const;

  // Commits a tree that holds exactly these entries, in this order and however invalid; nothing of
  // it goes through the working tree. The branch main is set to it. The commit's id.
  struct Entry {
    std::string mode;  // "100644"
    std::string name;
    std::string id;  // of an object, or of anything for "160000"
  };
  std::string CommitEntries(const std::vector<Entry>& entries) const;
  std::string Tree(const std::vector<Entry>& entries) const;
  std::string Blob(std::string_view content) const;

  const std::filesystem::path& path() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

// The modes, kinds and contents below a directory, one line each, sorted: to compare two.
std::string Listing(const std::filesystem::path& directory);

}  // namespace tests
