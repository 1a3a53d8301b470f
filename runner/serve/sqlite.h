// The little of SQLite's interface that the store uses, with Error in place of result codes.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace runner::serve {

// One prepared statement. Values are bound, never spliced. One thread at a time.
class Statement {
 public:
  Statement(sqlite3* database, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Binds the next parameter, from 1 on.
  Statement& Bind(std::string_view text);
  Statement& Bind(int64_t number);

  // Goes to the next row; false: there is none.
  bool Step();

  // Of the current row; NULL is "" and 0.
  std::string Text(int column) const;
  int64_t Number(int column) const;

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

// A connection to a database file in WAL mode that flushes every commit (synchronous=FULL): what a
// finished transaction wrote survives a power loss. One thread at a time.
class Database {
 public:
  explicit Database(const std::filesystem::path& path);
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  sqlite3* get() const { return database_; }
  void Execute(const std::string& sql);
  // How many rows the last statement changed.
  int64_t Changes() const;

 private:
  sqlite3* database_ = nullptr;
};

// Begins a write transaction; rolls it back unless Commit() was called.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void Commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace runner::serve
