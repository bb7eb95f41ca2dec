// A thin layer over SQLite: statuses instead of result codes, and statements
// that reset themselves.
#ifndef PICOST_SERVICE_STORE_SQLITE_H_
#define PICOST_SERVICE_STORE_SQLITE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct sqlite3;
struct sqlite3_stmt;

namespace picost::service::sqlite {

// A prepared statement. Columns and bindings count from 0.
class Statement {
 public:
  Statement() = default;

  // Starts anew with these values for the placeholders, in order.
  template <typename... Values>
  absl::Status Bind(const Values&... values) {
    Reset();
    int index = 0;
    absl::Status status;
    ((status = status.ok() ? BindOne(index++, values) : status), ...);
    return status;
  }

  // True: a row is there. False: done.
  absl::StatusOr<bool> Step();
  // Step to the end.
  absl::Status Run();
  // Gives up the locks that an unfinished statement holds.
  void Reset();

  int64_t Integer(int column) const;
  std::string Text(int column) const;  // text or blob

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };

  absl::Status BindOne(int index, int64_t value);
  absl::Status BindOne(int index, std::string_view value);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  struct Options {
    // The file's integrity, by reading all of it but trials: a million of them would
    // keep a start for seconds, and a damaged one is found when it is read.
    bool check = true;
    // Commits reach the disk before they return. Otherwise they survive the end of
    // the process, and the last ones may be lost with the machine's power.
    bool sync_commits = true;
  };
  // Opens or creates the file: WAL, 5 s of patience with locks. Errors name the path.
  static absl::StatusOr<Database> Open(const std::string& path, const Options& options);
  static absl::StatusOr<Database> Open(const std::string& path) { return Open(path, Options()); }

  // Statements without results.
  absl::Status Execute(const std::string& sql);
  absl::StatusOr<Statement> Prepare(const std::string& sql);
  absl::StatusOr<int64_t> UserVersion();
  // Rows changed by the last statement.
  int64_t Changes() const;

 private:
  absl::Status Check(const std::string& path);

  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace picost::service::sqlite

#endif  // PICOST_SERVICE_STORE_SQLITE_H_
