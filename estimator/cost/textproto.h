// Text format files with errors that name file, line and column.
#ifndef PICOST_ESTIMATOR_COST_TEXTPROTO_H_
#define PICOST_ESTIMATOR_COST_TEXTPROTO_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace picost::cost {

// Parses text into message. Unknown fields are errors. kInvalidArgument with
// "FILE:LINE:COLUMN: what" of the first mistake.
absl::Status ParseTextproto(std::string_view text, std::string_view file,
                            google::protobuf::Message& message);

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_TEXTPROTO_H_
