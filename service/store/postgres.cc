#include "service/store/postgres.h"

#include <arpa/inet.h>
#include <postgresql/libpq-fe.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service::postgres {
namespace {

// Types of the catalogue pg_type: fixed since PostgreSQL's first releases.
constexpr Oid kBytea = 17;
constexpr Oid kBigint = 20;

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

uint64_t SwapToBigEndian(uint64_t value) {
  return (uint64_t{htonl(static_cast<uint32_t>(value))} << 32) |
         htonl(static_cast<uint32_t>(value >> 32));
}

std::string Trimmed(const char* message) {
  return std::string(absl::StripTrailingAsciiWhitespace(message == nullptr ? "" : message));
}

// Why no connection came about, without the place that libpq names before it: a daemon's
// answers carry this to its callers. One line an address tried; what begins with a tab is
// a hint.
std::string WithoutAddress(const char* message) {
  std::vector<std::string> reasons;
  const std::vector<std::string> lines = absl::StrSplit(message, '\n', absl::SkipEmpty());
  for (const std::string& line : lines) {
    constexpr char kFailed[] = " failed: ";
    const size_t at = line.find(kFailed);
    if (line.starts_with('\t')) continue;
    if (at != std::string::npos) {
      reasons.push_back(line.substr(at + sizeof(kFailed) - 1));
    } else if (line.starts_with("could not translate host name")) {
      reasons.push_back("the host's name has no address");
    } else {
      reasons.push_back(line);
    }
  }
  return absl::StrJoin(reasons, "; ");
}

// An error of the server has a SQLSTATE; one without is libpq's own: the
// connection is gone, even where its status does not say so yet.
bool IsBroken(const PGresult* result, const PGconn* connection) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return false;
  return PQstatus(connection) != CONNECTION_OK || result == nullptr ||
         PQresultErrorField(result, PG_DIAG_SQLSTATE) == nullptr;
}

// By SQLSTATE class: https://www.postgresql.org/docs/15/errcodes-appendix.html
absl::Status StatusOf(const PGresult* result, const PGconn* connection) {
  const char* field = result != nullptr ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
  const std::string state = field != nullptr ? field : "";
  const std::string what = absl::StrCat("the store failed: ", Trimmed(PQerrorMessage(connection)));
  if (IsBroken(result, connection) || state.starts_with("08") || state.starts_with("57")) {
    return MakeError(absl::StatusCode::kUnavailable, what, {.mend = "Try again."});
  }
  if (state == "23505") return MakeError(absl::StatusCode::kAlreadyExists, what, {});
  if (state.starts_with("53")) {
    return MakeError(absl::StatusCode::kResourceExhausted, what,
                     {.mend = "Give the database disk space, memory or connections."});
  }
  if (state == "25006" || state.starts_with("28") || state == "42501") {
    return MakeError(absl::StatusCode::kFailedPrecondition, what,
                     {.mend = "Let the daemon's user read and write this database."});
  }
  if (state.starts_with("40")) {
    return MakeError(absl::StatusCode::kUnavailable, what, {.mend = "Try again."});
  }
  if (state.starts_with("XX")) {
    return MakeError(absl::StatusCode::kDataLoss, what, {.mend = "Look into the database's log."});
  }
  return MakeError(absl::StatusCode::kInternal, what, {});
}

absl::StatusOr<Result> RunOn(PGconn* connection, const char* sql,
                             const std::vector<Parameter>& parameters, bool& broken) {
  std::vector<Oid> types;
  std::vector<uint64_t> integers(parameters.size());
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats(parameters.size(), 1);  // binary
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (const auto* bytes = std::get_if<std::string_view>(&parameters[i])) {
      types.push_back(kBytea);
      values.push_back(bytes->data() == nullptr ? "" : bytes->data());
      lengths.push_back(static_cast<int>(bytes->size()));
    } else {
      integers[i] = SwapToBigEndian(static_cast<uint64_t>(std::get<int64_t>(parameters[i])));
      types.push_back(kBigint);
      values.push_back(reinterpret_cast<const char*>(&integers[i]));
      lengths.push_back(sizeof(uint64_t));
    }
  }
  const ResultHandle handle(PQexecParams(connection, sql, static_cast<int>(parameters.size()),
                                         types.data(), values.data(), lengths.data(),
                                         formats.data(), /*resultFormat=*/1));
  broken = IsBroken(handle.get(), connection);
  const ExecStatusType status = PQresultStatus(handle.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    return StatusOf(handle.get(), connection);
  Result result;
  for (int row = 0; row < PQntuples(handle.get()); ++row) {
    std::vector<std::string>& cells = result.rows.emplace_back();
    for (int column = 0; column < PQnfields(handle.get()); ++column) {
      cells.emplace_back(PQgetvalue(handle.get(), row, column),
                         PQgetlength(handle.get(), row, column));
    }
  }
  if (!absl::SimpleAtoi(PQcmdTuples(handle.get()), &result.affected_rows)) result.affected_rows = 0;
  return result;
}

}  // namespace

int64_t Result::Integer(size_t row, size_t column) const {
  const std::string& cell = rows[row][column];
  uint64_t value = 0;
  if (cell.size() == sizeof(value)) std::memcpy(&value, cell.data(), sizeof(value));
  return static_cast<int64_t>(SwapToBigEndian(value));
}

void Pool::Close::operator()(pg_conn* connection) const { PQfinish(connection); }

Pool::~Pool() = default;

absl::StatusOr<Pool::Connection> Pool::Open() const {
  // The address's own connect_timeout wins over this one.
  const char* keywords[] = {"connect_timeout", "dbname", "application_name", nullptr};
  const char* values[] = {"5", address_.c_str(), "picostd", nullptr};
  Connection connection(PQconnectdbParams(keywords, values, /*expand_dbname=*/1));
  if (connection == nullptr) return absl::ResourceExhaustedError("no memory for a connection");
  // Notices ("already exists, skipping") are no news; the default prints them.
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return MakeError(absl::StatusCode::kUnavailable,
                     absl::StrCat("the database cannot be reached: ",
                                  WithoutAddress(PQerrorMessage(connection.get()))),
                     {.field = "store", .mend = "Start it, or mend the address."});
  }
  return connection;
}

absl::StatusOr<std::unique_ptr<Pool>> Pool::Connect(const std::string& address, int size) {
  std::unique_ptr<Pool> pool(new Pool(address, size));
  PICOST_ASSIGN_OR_RETURN(Connection first, pool->Acquire());
  pool->Release(std::move(first));
  return pool;
}

absl::StatusOr<Pool::Connection> Pool::Acquire() {
  Connection connection;
  {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return available_ > 0; });
    --available_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection != nullptr && PQstatus(connection.get()) == CONNECTION_OK) return connection;
  auto opened = Open();
  if (!opened.ok()) Release(nullptr);
  return opened;
}

void Pool::Release(Connection connection) {
  {
    std::lock_guard lock(mutex_);
    ++available_;
    if (connection != nullptr && PQstatus(connection.get()) == CONNECTION_OK) {
      idle_.push_back(std::move(connection));
    }
  }
  released_.notify_one();
}

absl::StatusOr<Result> Pool::Run(const char* sql, const std::vector<Parameter>& parameters,
                                 bool repeatable) {
  for (int attempt = 0;; ++attempt) {
    PICOST_ASSIGN_OR_RETURN(Connection connection, Acquire());
    bool broken = false;
    auto result = RunOn(connection.get(), sql, parameters, broken);
    Release(broken ? nullptr : std::move(connection));
    if (result.ok() || !broken || !repeatable || attempt > 0) return result;
    // The server went away and came back: every idle connection is as dead.
    std::lock_guard lock(mutex_);
    idle_.clear();
  }
}

absl::Status Pool::RunScript(const std::string& sql) {
  PICOST_ASSIGN_OR_RETURN(Connection connection, Acquire());
  const ResultHandle handle(PQexec(connection.get(), sql.c_str()));
  const ExecStatusType status = PQresultStatus(handle.get());
  const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  absl::Status outcome = good ? absl::OkStatus() : StatusOf(handle.get(), connection.get());
  Release(IsBroken(handle.get(), connection.get()) ? nullptr : std::move(connection));
  return outcome;
}

}  // namespace picost::service::postgres
