// Messages of the driver protocol as lines of JSON, and statuses through them.
#ifndef PICOST_CALIBRATE_DRIVER_JSON_H_
#define PICOST_CALIBRATE_DRIVER_JSON_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "calibrate/driver.pb.h"
#include "google/protobuf/message.h"

namespace picost::calibrate {

// One line without a line break; field names as in driver.proto.
std::string ToJsonLine(const google::protobuf::Message& message);

// kInvalidArgument with the parser's words; unknown fields are errors.
absl::Status FromJsonLine(std::string_view line, google::protobuf::Message& message);

// The status that a driver reported: its code where the name is known.
absl::Status StatusOf(const DriverError& error, std::string_view driver);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVER_JSON_H_
