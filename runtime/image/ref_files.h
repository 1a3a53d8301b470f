// The files refs/NAME: one reference each, holding the descriptor of its manifest as JSON.
//
// NAME is the reference with everything but [a-zA-Z0-9._-] percent-encoded. A file whose name
// starts with a dot is no reference: ".removed-HEX" says that the image HEX lost its last reference
// and waits for a sweep.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/state_dir.h"
#include "runtime/image/image.h"
#include "runtime/image/reference.h"

namespace runtime::image {

struct Ref {
  std::string name;  // "host/path:tag"
  Descriptor manifest;
};

// The stored reference that `name` means: itself, else its other spelling with or without Docker
// Hub's host. Nothing when neither is there; Error (kInvalid) when the file is damaged.
std::optional<Ref> FindRef(const base::StateDir& state, const Reference& name);

// Whether FindRef would find a file, damaged or not.
bool HasRef(const base::StateDir& state, const Reference& name);

// All of them, sorted by name. Error (kInvalid) when one is damaged.
std::vector<Ref> ListRefs(const base::StateDir& state);

// Error (kUsage) when the name is too long to be a file name.
void WriteRef(const base::StateDir& state, const Ref& ref);

// Removes the reference that `name` means, damaged or not, and notes for the sweep which image lost
// it. False when there is none.
bool RemoveRef(const base::StateDir& state, const Reference& name);

// Images that wait for a sweep, and the notes themselves.
void NoteRemoved(const base::StateDir& state, const base::Digest& manifest);
std::vector<base::Digest> ListRemoved(const base::StateDir& state);
void ForgetRemoved(const base::StateDir& state, const base::Digest& manifest);

// Makes ROOT/index.json and ROOT/oci-layout say what refs/ says (image-layout.md).
void RewriteIndex(const base::StateDir& state);

}  // namespace runtime::image
