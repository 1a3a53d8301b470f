#include "runtime/git/helper/write_tree.h"

#include <climits>
#include <functional>

#include "runtime/git/helper/git_library.h"

namespace runtime::git {
namespace {

using base::Error;
using base::ErrorKind;

OdbObjectPtr ReadBlob(git_odb* odb, const git_oid& id, std::string_view name,
                      const OutputTree& output, uint64_t max_bytes) {
  size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  Check(git_odb_read_header(&size, &type, odb, &id), "read " + output.Where(name));
  if (type != GIT_OBJECT_BLOB || size > max_bytes) {
    throw DamagedRepository(ErrorKind::kInvalid,
                            output.Where(name) + " isn't stored as such an entry must be");
  }
  output.CheckSize(name, size);
  OdbObjectPtr object;
  Check(Take(object, [&](auto** out) { return git_odb_read(out, odb, &id); }),
        "read " + output.Where(name));
  return object;
}

std::string_view Content(const OdbObjectPtr& object) {
  return {static_cast<const char*>(git_odb_object_data(object.get())),
          git_odb_object_size(object.get())};
}

void WriteEntries(git_repository* repository, git_odb* odb, const git_oid& id, OutputTree& output) {
  TreePtr tree;
  Check(Take(tree, [&](auto** out) { return git_tree_lookup(out, repository, &id); }),
        "read the directory " + output.Where(""));
  const size_t count = git_tree_entrycount(tree.get());
  for (size_t i = 0; i < count; ++i) {
    WriteEntry(repository, odb, git_tree_entry_byindex(tree.get(), i), output);
  }
}

}  // namespace

void WriteEntry(git_repository* repository, git_odb* odb, const git_tree_entry* entry,
                OutputTree& output) {
  const std::string_view name = git_tree_entry_name(entry);
  const git_oid& id = *git_tree_entry_id(entry);
  const git_filemode_t mode = git_tree_entry_filemode(entry);
  switch (mode) {
    case GIT_FILEMODE_TREE:
      output.Enter(name);
      WriteEntries(repository, odb, id, output);
      output.Leave();
      break;
    case GIT_FILEMODE_COMMIT:
      output.Enter(name);
      output.Leave();
      break;
    case GIT_FILEMODE_LINK:
      WriteLink(odb, id, name, output);
      break;
    case GIT_FILEMODE_BLOB:
    case GIT_FILEMODE_BLOB_EXECUTABLE:
      WriteBlob(odb, id, name, mode == GIT_FILEMODE_BLOB_EXECUTABLE, output);
      break;
    default:
      throw Error(ErrorKind::kInvalid, output.Where(name) + " has an unknown kind of entry");
  }
}

void WriteBlob(git_odb* odb, const git_oid& id, std::string_view name, bool executable,
               OutputTree& output) {
  output.File(name, executable, Content(ReadBlob(odb, id, name, output, UINT64_MAX)));
}

void WriteLink(git_odb* odb, const git_oid& id, std::string_view name, OutputTree& output) {
  output.Link(name, Content(ReadBlob(odb, id, name, output, PATH_MAX)));
}

void WriteTree(git_repository* repository, const git_oid& tree, OutputTree& output) {
  OdbPtr odb;
  Check(Take(odb, [&](auto** out) { return git_repository_odb(out, repository); }),
        "open the object database");
  WriteEntries(repository, odb.get(), tree, output);
  output.Close();
}

}  // namespace runtime::git
