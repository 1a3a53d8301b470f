#include "runner/serve/sqlite.h"

#include <sqlite3.h>

#include "runtime/base/error.h"

namespace runner::serve {
namespace {

using runtime::base::Error;
using runtime::base::ErrorKind;

constexpr int kBusyMilliseconds = 5'000;

[[noreturn]] void Fail(sqlite3* database, const std::string& what) {
  const int code = ::sqlite3_errcode(database);
  const ErrorKind kind = code == SQLITE_FULL                            ? ErrorKind::kNoSpace
                         : code == SQLITE_BUSY || code == SQLITE_LOCKED ? ErrorKind::kUnavailable
                                                                        : ErrorKind::kInternal;
  throw Error(kind, what + ": " + ::sqlite3_errmsg(database));
}

}  // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : database_(database) {
  if (::sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement_,
                           nullptr) != SQLITE_OK) {
    Fail(database, "prepare a statement");
  }
}

Statement::~Statement() { ::sqlite3_finalize(statement_); }

Statement& Statement::Bind(std::string_view text) {
  // A null pointer would bind NULL.
  const char* data = text.data() == nullptr ? "" : text.data();
  if (::sqlite3_bind_text64(statement_, ++bound_, data, text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8) != SQLITE_OK) {
    Fail(database_, "bind a value");
  }
  return *this;
}

Statement& Statement::Bind(int64_t number) {
  if (::sqlite3_bind_int64(statement_, ++bound_, number) != SQLITE_OK) {
    Fail(database_, "bind a value");
  }
  return *this;
}

bool Statement::Step() {
  const int code = ::sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    Fail(database_, "run a statement");
  }
  return code == SQLITE_ROW;
}

std::string Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(::sqlite3_column_text(statement_, column));
  const int size = ::sqlite3_column_bytes(statement_, column);
  return text == nullptr ? std::string() : std::string(text, static_cast<size_t>(size));
}

int64_t Statement::Number(int column) const { return ::sqlite3_column_int64(statement_, column); }

Database::Database(const std::filesystem::path& path) {
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  try {
    if (::sqlite3_open_v2(path.c_str(), &database_, flags, nullptr) != SQLITE_OK) {
      Fail(database_, "open");
    }
    ::sqlite3_busy_timeout(database_, kBusyMilliseconds);
    Execute("PRAGMA journal_mode=WAL");
    Execute("PRAGMA synchronous=FULL");
    Execute("PRAGMA foreign_keys=ON");
  } catch (const Error& e) {
    ::sqlite3_close(database_);
    throw e.Within("database " + path.string());
  }
}

Database::~Database() { ::sqlite3_close(database_); }

void Database::Execute(const std::string& sql) {
  if (::sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    Fail(database_, "run a statement");
  }
}

int64_t Database::Changes() const { return ::sqlite3_changes(database_); }

Transaction::Transaction(Database& database) : database_(database) {
  database_.Execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
  if (open_) {
    ::sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void Transaction::Commit() {
  database_.Execute("COMMIT");
  open_ = false;
}

}  // namespace runner::serve
