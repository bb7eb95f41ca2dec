// The driver's side of the protocol: reads requests, keeps the connection to the
// other party, times and meters steps. A C++ driver implements Driver and calls
// ServeDriver from main.
#ifndef PICOST_CALIBRATE_DRIVER_SERVER_H_
#define PICOST_CALIBRATE_DRIVER_SERVER_H_

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel.h"
#include "calibrate/driver.pb.h"

namespace picost::calibrate {

inline constexpr int kDriverProtocolVersion = 1;

class Driver {
 public:
  virtual ~Driver() = default;
  // The machine is filled in by the caller.
  virtual Description Describe() = 0;
  virtual Capabilities GetCapabilities() = 0;
  // All repetitions of one request. Parameters are declared and in range.
  virtual absl::StatusOr<MeasureReply> Measure(const MeasureRequest& request, Channel& channel) = 0;
};

// Until "quit" or the end of the input. Returns the exit status of the process.
int ServeDriver(Driver& driver, std::istream& in, std::ostream& out);

// Runs work between two clocks and a meter that starts at zero, after both
// parties have met, and appends it to the repetition.
absl::Status TimeStep(Channel& channel, std::string_view primitive,
                      const std::map<std::string, int64_t>& parameters, int64_t count,
                      Step::Part part, const std::function<absl::Status()>& work,
                      Repetition& repetition);

// Both parties have arrived; not metered.
absl::Status Meet(Channel& channel);

int64_t PeakMemoryBytes();

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVER_SERVER_H_
