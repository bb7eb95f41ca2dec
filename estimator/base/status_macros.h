// Early return of a status, in the usual two forms.
//
//   PICOST_RETURN_IF_ERROR(Check(x));
//   PICOST_ASSIGN_OR_RETURN(const Graph graph, ImportOnnx(bytes));
#ifndef PICOST_ESTIMATOR_BASE_STATUS_MACROS_H_
#define PICOST_ESTIMATOR_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define PICOST_RETURN_IF_ERROR(expression)                                \
  do {                                                                    \
    if (absl::Status picost_status = (expression); !picost_status.ok()) { \
      return picost_status;                                               \
    }                                                                     \
  } while (false)

#define PICOST_ASSIGN_OR_RETURN(left, expression) \
  PICOST_ASSIGN_OR_RETURN_(PICOST_CONCAT_(picost_statusor_, __LINE__), left, expression)

#define PICOST_ASSIGN_OR_RETURN_(statusor, left, expression) \
  auto statusor = (expression);                              \
  if (!statusor.ok()) return std::move(statusor).status();   \
  left = *std::move(statusor)

#define PICOST_CONCAT_(a, b) PICOST_CONCAT_INNER_(a, b)
#define PICOST_CONCAT_INNER_(a, b) a##b

#endif  // PICOST_ESTIMATOR_BASE_STATUS_MACROS_H_
