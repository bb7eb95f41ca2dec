#include "estimator/cost/network_file.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"
#include "estimator/cost/textproto.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::cost {
namespace {

absl::Status Invalid(const std::string& file, const std::string& what, const std::string& mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, absl::StrCat(file, ": ", what),
                   {.mend = mend});
}

}  // namespace

absl::StatusOr<NetworkProfile> ReadNetworkFile(const std::string& path, const std::string& id) {
  PICOST_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  v1::NetworkProfileFile file;
  PICOST_RETURN_IF_ERROR(ParseTextproto(text, path, file));
  if (file.id() != id) {
    return Invalid(path, absl::StrCat("id is \"", file.id(), "\""),
                   absl::StrCat("The file's name wants the id ", id, "."));
  }
  if (file.source().empty()) return Invalid(path, "no source", "Say where the figures are from.");
  const double positive[] = {file.client_to_server_bytes_per_second(),
                             file.server_to_client_bytes_per_second()};
  for (const double value : positive) {
    if (!(value > 0)) return Invalid(path, "a bandwidth is not positive", "Give bytes per second.");
  }
  const double not_negative[] = {file.round_trip_seconds(), file.flight_overhead_seconds(),
                                 file.bandwidth_relative_stddev(),
                                 file.round_trip_relative_stddev()};
  for (const double value : not_negative) {
    if (!(value >= 0)) return Invalid(path, "a negative figure", "Give numbers of at least 0.");
  }
  return NetworkProfile{
      .id = id,
      .source = file.source(),
      .round_trip_seconds = file.round_trip_seconds(),
      .flight_overhead_seconds = file.flight_overhead_seconds(),
      .client_to_server_bytes_per_second = file.client_to_server_bytes_per_second(),
      .server_to_client_bytes_per_second = file.server_to_client_bytes_per_second(),
      .bandwidth_relative_stddev = file.bandwidth_relative_stddev(),
      .round_trip_relative_stddev = file.round_trip_relative_stddev(),
      .restarts_after_idle = file.restarts_after_idle()};
}

}  // namespace picost::cost
