// Microseconds since the Unix epoch -> Timestamp.
#ifndef PICOST_SERVICE_CALIBRATION_TIMES_H_
#define PICOST_SERVICE_CALIBRATION_TIMES_H_

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>

namespace picost::service {

inline void SetTime(int64_t micros, google::protobuf::Timestamp& to) {
  constexpr int64_t kMicros = 1'000'000;
  to.set_seconds(micros / kMicros);
  to.set_nanos(static_cast<int>(micros % kMicros * 1000));
}

}  // namespace picost::service

#endif  // PICOST_SERVICE_CALIBRATION_TIMES_H_
