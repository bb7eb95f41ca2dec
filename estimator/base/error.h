// Errors that a caller can act on: what is wrong, where, how to mend it.
//
// An absl::Status carries one sentence for people in its message and the same
// facts as payloads for programs (the service turns them into google.rpc
// details). Codes, by the promise to the caller:
//   kInvalidArgument     the input is malformed or out of range; change it
//   kUnimplemented       well-formed, but this version does not cover it
//   kFailedPrecondition  something must be supplied first (a table, a binding)
//   kNotFound            a resource name that names nothing
//   kResourceExhausted   a limit was met; the limit is named
#ifndef PICOST_ESTIMATOR_BASE_ERROR_H_
#define PICOST_ESTIMATOR_BASE_ERROR_H_

#include <string>

#include "absl/status/status.h"

namespace picost {

// Where in the input the error is. Empty members are left out.
struct ErrorSite {
  std::string field;  // request field path, e.g. "deployment.network"
  std::string node;   // node name in the caller's file
  std::string op;     // operator with domain, e.g. "com.microsoft.FusedConv"
  std::string opset;  // the opset that the file declares for op's domain
  std::string mend;   // what would mend it: one imperative sentence
};

// Builds a status whose message reads "WHAT (node N, operator O, opset V). MEND".
absl::Status MakeError(absl::StatusCode code, std::string what, const ErrorSite& site);

// The site that MakeError stored, for conversion to wire details and for tests.
ErrorSite GetErrorSite(const absl::Status& status);

// The same error, of a part of a list: its field becomes "ELEMENT.FIELD" (or
// ELEMENT), and the message says ELEMENT first.
absl::Status AtElement(const absl::Status& status, const std::string& element);

}  // namespace picost

#endif  // PICOST_ESTIMATOR_BASE_ERROR_H_
