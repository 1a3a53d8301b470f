// The tables of runner.db.
#pragma once

#include <filesystem>

#include "runner/serve/sqlite.h"

namespace runner::serve {

// Makes the tables of a new database; brings those of an older version up to date, after a copy of
// the database to PATH.vN, N being its version. Throws Error: kUnsupported when a newer version
// wrote it.
void BringUpToDate(Database& database, const std::filesystem::path& path);

}  // namespace runner::serve
