// Both parties of one backend: connected drivers, measured runs merged into
// samples of the calibration format.
#ifndef PICOST_CALIBRATE_DRIVER_PAIR_H_
#define PICOST_CALIBRATE_DRIVER_PAIR_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/driver.pb.h"
#include "calibrate/driver_link.h"
#include "estimator/cost/calibration_table.h"

namespace picost::calibrate {

// Where the two parties run.
struct Parties {
  bool one_machine = true;
  std::string server_host = "127.0.0.1";  // as the client reaches it
  int agent_port = 0;                     // of the server's agent, two machines only
};

class DriverPair {
 public:
  // Starts both drivers and connects them. `command` runs here.
  static absl::StatusOr<std::unique_ptr<DriverPair>> Open(const std::string& name,
                                                          const std::vector<std::string>& command,
                                                          const Parties& parties);

  const Description& client_description() const { return client_description_; }
  const Description& server_description() const { return server_description_; }
  const Capabilities& capabilities() const { return capabilities_; }
  // Both on this machine, each kept on a core of its own: otherwise the scheduler may put
  // both on one, and a step that both work on takes twice as long.
  bool on_cores_of_their_own() const { return on_cores_of_their_own_; }

  // Both parties' replies to one request (the party is filled in).
  absl::StatusOr<std::pair<MeasureReply, MeasureReply>> MeasureBoth(MeasureRequest request,
                                                                    double timeout_seconds);

  // The same as samples. kInternal where the parties disagree about what ran or
  // what travelled, kDataLoss where an output was wrong.
  absl::StatusOr<std::vector<cost::Sample>> Measure(const MeasureRequest& request,
                                                    const std::string& network,
                                                    double timeout_seconds);

 private:
  DriverPair() = default;

  std::unique_ptr<DriverLink> client_, server_;
  Description client_description_, server_description_;
  Capabilities capabilities_;
  bool on_cores_of_their_own_ = false;
};

// Client's and server's view of one repetition -> samples. See DriverPair::Measure.
absl::StatusOr<std::vector<cost::Sample>> MergeRepetition(const Repetition& client,
                                                          const Repetition& server,
                                                          const std::string& network,
                                                          int64_t repeat);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVER_PAIR_H_
