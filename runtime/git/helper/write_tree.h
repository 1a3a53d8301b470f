// A tree of a repository's object database, written as files.
#pragma once

#include <git2.h>

#include "runtime/git/helper/output_tree.h"

namespace runtime::git {

// Contents as they are stored: no filter, no line-end conversion, no keyword, no attribute is
// looked at. Links are made as links, submodules as empty directories. Throws DamagedRepository
// for an object that is missing or whose hash is wrong, else Error.
void WriteTree(git_repository* repository, const git_oid& tree, OutputTree& output);

// One entry of a tree, with all that is in it, where `output` is.
void WriteEntry(git_repository* repository, git_odb* odb, const git_tree_entry* entry,
                OutputTree& output);

// One object's content, refused when it isn't of `type`. CheckSize() of `output` is asked first.
// Its raw data is valid as long as the object.
void WriteBlob(git_odb* odb, const git_oid& id, std::string_view name, bool executable,
               OutputTree& output);
void WriteLink(git_odb* odb, const git_oid& id, std::string_view name, OutputTree& output);

}  // namespace runtime::git
