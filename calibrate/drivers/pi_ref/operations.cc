#include "calibrate/drivers/pi_ref/operations.h"

#include <string_view>

namespace picost::pi_ref {

absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeOperation(
    const calibrate::MeasureRequest& request, calibrate::Channel& channel) {
  const std::string_view name = request.operation();
  if (name.substr(0, 3) == "gc.") return MakeGarblingOperation(request, channel);
  if (name.substr(0, 3) == "ot.") return MakeOtOperation(request, channel);
  if (name.substr(0, 6) == "plain.") return MakePlaintextOperation(request, channel);
  return MakeShareOperation(request, channel);
}

}  // namespace picost::pi_ref
