// Two parties of a test in two threads, joined by loopback TCP.
#ifndef PICOST_CALIBRATE_DRIVERS_PI_REF_TWO_PARTIES_H_
#define PICOST_CALIBRATE_DRIVERS_PI_REF_TWO_PARTIES_H_

#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "calibrate/channel.h"

namespace picost::pi_ref {

// Runs both and returns the first error. A party that fails closes its end, so
// that the other does not wait for ever.
inline absl::Status RunTwoParties(const std::function<absl::Status(calibrate::Channel&)>& first,
                                  const std::function<absl::Status(calibrate::Channel&)>& second) {
  auto pair = calibrate::Channel::LoopbackPair();
  if (!pair.ok()) return pair.status();
  absl::Status second_status;
  std::thread thread([&, channel = std::move(pair->second)]() mutable {
    second_status = second(*channel);
    channel.reset();
  });
  absl::Status first_status = first(*pair->first);
  pair->first.reset();
  thread.join();
  return first_status.ok() ? second_status : first_status;
}

}  // namespace picost::pi_ref

#endif  // PICOST_CALIBRATE_DRIVERS_PI_REF_TWO_PARTIES_H_
