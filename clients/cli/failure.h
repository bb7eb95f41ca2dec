// Why a command failed, and the exit status that says so.
//
//   0  done
//   1  anything else
//   2  bad arguments
//   3  the model is refused
//   4  the server cannot be reached
#ifndef PICOST_CLIENTS_CLI_FAILURE_H_
#define PICOST_CLIENTS_CLI_FAILURE_H_

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace grpc {
class Status;
}

namespace picost::cli {

inline constexpr int kExitOther = 1;
inline constexpr int kExitArguments = 2;
inline constexpr int kExitModelRefused = 3;
inline constexpr int kExitUnreachable = 4;

struct Failure {
  int exit_status = kExitOther;
  std::string message;
};

// Of a call that failed: the reason in its google.rpc details decides, then the code.
Failure FailureOf(const grpc::Status& status);

inline Failure BadArgument(std::string message) { return {kExitArguments, std::move(message)}; }

// A value, or why there is none.
template <typename Value>
using Result = std::variant<Value, Failure>;

template <typename Value>
const Failure* FailureIn(const Result<Value>& result) {
  return std::get_if<Failure>(&result);
}

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_FAILURE_H_
