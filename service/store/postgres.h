// A thin layer over libpq: a small pool of connections, binary parameters,
// statuses instead of SQLSTATEs.
#ifndef PICOST_SERVICE_STORE_POSTGRES_H_
#define PICOST_SERVICE_STORE_POSTGRES_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

struct pg_conn;

namespace picost::service::postgres {

// bytea or bigint.
using Parameter = std::variant<std::string_view, int64_t>;

struct Result {
  std::vector<std::vector<std::string>> rows;  // bytea as bytes, bigint as 8 bytes
  int64_t affected_rows = 0;

  int64_t Integer(size_t row, size_t column) const;
};

class Pool {
 public:
  // address: "postgresql://USER@HOST/DATABASE...". Connects once, so that a wrong
  // address fails here.
  static absl::StatusOr<std::unique_ptr<Pool>> Connect(const std::string& address, int size);
  ~Pool();

  // One statement. A connection found broken before anything was sent is made
  // anew; one that breaks under the statement is an error, kUnavailable, unless
  // `repeatable`: then the statement runs once more on a new connection.
  absl::StatusOr<Result> Run(const char* sql, const std::vector<Parameter>& parameters,
                             bool repeatable);

  // Several statements in one transaction, without parameters.
  absl::Status RunScript(const std::string& sql);

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  using Connection = std::unique_ptr<pg_conn, Close>;

  Pool(std::string address, int size) : address_(std::move(address)), available_(size) {}

  // Waits while all are in use. A connection is returned with Release, or dropped
  // with Release(nullptr) where it is broken.
  absl::StatusOr<Connection> Acquire();
  void Release(Connection connection);
  absl::StatusOr<Connection> Open() const;

  const std::string address_;
  std::mutex mutex_;
  std::condition_variable released_;
  int available_;  // may be in use beside those that are idle
  std::vector<Connection> idle_;
};

}  // namespace picost::service::postgres

#endif  // PICOST_SERVICE_STORE_POSTGRES_H_
