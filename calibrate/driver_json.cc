#include "calibrate/driver_json.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "google/protobuf/util/json_util.h"

namespace picost::calibrate {

std::string ToJsonLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  // Fails only for messages that hold Any, which these do not.
  (void)google::protobuf::util::MessageToJsonString(message, &line, options);
  return line;
}

absl::Status FromJsonLine(std::string_view line, google::protobuf::Message& message) {
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(line.data(), line.size()), &message);
  if (status.ok()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("not a line of the driver protocol: ",
                                std::string(status.message().data(), status.message().size())),
                   {.mend = "docs/adding_a_backend.md states the messages."});
}

absl::Status StatusOf(const DriverError& error, std::string_view driver) {
  absl::StatusCode code = absl::StatusCode::kInternal;
  for (int i = 1; i <= 16; ++i) {
    const auto candidate = static_cast<absl::StatusCode>(i);
    if (absl::AsciiStrToLower(absl::StatusCodeToString(candidate)) == error.code()) {
      code = candidate;
    }
  }
  return absl::Status(code, absl::StrCat(std::string(driver), ": ", error.message()));
}

}  // namespace picost::calibrate
