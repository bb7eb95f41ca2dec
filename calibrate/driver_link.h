// The calibrator's end of one driver: a child process of this machine, or one
// that the agent of another machine has started.
#ifndef PICOST_CALIBRATE_DRIVER_LINK_H_
#define PICOST_CALIBRATE_DRIVER_LINK_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/driver.pb.h"

namespace picost::calibrate {

class DriverLink {
 public:
  // Runs the command with pipes for its standard input and output.
  static absl::StatusOr<std::unique_ptr<DriverLink>> Start(const std::string& name,
                                                           const std::vector<std::string>& command);
  // Asks the agent at host:port for the driver `name` (agent.h).
  static absl::StatusOr<std::unique_ptr<DriverLink>> ConnectToAgent(const std::string& name,
                                                                    const std::string& host,
                                                                    int port);
  // Says quit to a driver that still listens; ends and reaps a child.
  ~DriverLink();
  DriverLink(const DriverLink&) = delete;
  DriverLink& operator=(const DriverLink&) = delete;

  const std::string& name() const { return name_; }

  // Send to both parties before waiting for either: they work together.
  absl::Status Send(DriverRequest request);
  // The reply to the last request; its error as a status. kDeadlineExceeded after
  // the timeout, kUnavailable where the driver is gone.
  absl::StatusOr<DriverReply> Receive(double timeout_seconds);
  absl::StatusOr<DriverReply> Call(DriverRequest request, double timeout_seconds);

  int process() const { return child_; }  // 0: not a child of this one

  // Unparsed lines, for the conformance suite.
  absl::Status SendLine(const std::string& line);
  absl::StatusOr<std::string> ReceiveLine(double timeout_seconds);

 private:
  DriverLink(std::string name, int read_fd, int write_fd, pid_t child)
      : name_(std::move(name)), read_fd_(read_fd), write_fd_(write_fd), child_(child) {}

  std::string name_;
  int read_fd_;
  int write_fd_;
  pid_t child_;  // 0: none
  int64_t next_id_ = 1;
  std::string buffer_;
};

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_DRIVER_LINK_H_
