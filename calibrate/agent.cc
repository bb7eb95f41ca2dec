#include "calibrate/agent.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "calibrate/channel.h"
#include "calibrate/driver_link.h"
#include "calibrate/driver_list.h"
#include "estimator/base/status_macros.h"

namespace picost::calibrate {
namespace {

constexpr size_t kLongestLine = 1 << 20;
constexpr double kDriverTimeoutSeconds = 3600;

// Reads up to the next line break; false at the end of the connection.
bool ReadLine(int socket, std::string& buffer, std::string& line) {
  while (true) {
    if (const size_t end = buffer.find('\n'); end != std::string::npos) {
      line = buffer.substr(0, end);
      buffer.erase(0, end + 1);
      return true;
    }
    char chunk[4096];
    const ssize_t got = recv(socket, chunk, sizeof(chunk), 0);
    if (got <= 0 || buffer.size() > kLongestLine) return false;
    buffer.append(chunk, static_cast<size_t>(got));
  }
}

bool WriteLine(int socket, const std::string& line) {
  const std::string text = line + "\n";
  for (size_t done = 0; done < text.size();) {
    const ssize_t put = send(socket, text.data() + done, text.size() - done, MSG_NOSIGNAL);
    if (put <= 0) return false;
    done += static_cast<size_t>(put);
  }
  return true;
}

absl::Status Relay(int socket) {
  std::string buffer, line;
  if (!ReadLine(socket, buffer, line)) return absl::OkStatus();
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> command, DriverCommand(line));
  std::printf("driver %s\n", line.c_str());
  std::fflush(stdout);
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<DriverLink> driver,
                          DriverLink::Start(line, command));
  while (ReadLine(socket, buffer, line)) {
    PICOST_RETURN_IF_ERROR(driver->SendLine(line));
    PICOST_ASSIGN_OR_RETURN(const std::string reply, driver->ReceiveLine(kDriverTimeoutSeconds));
    if (!WriteLine(socket, reply)) break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status RunAgent(const std::string& address, int port, double idle_seconds) {
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<Listener> listener, Listener::Open(address, port));
  std::printf("waiting for the client's calibrator on port %d\n", listener->port());
  std::fflush(stdout);
  while (true) {
    const absl::StatusOr<int> socket = listener->AcceptSocket(idle_seconds);
    if (absl::IsDeadlineExceeded(socket.status())) return absl::OkStatus();
    if (!socket.ok()) return socket.status();
    const absl::Status status = Relay(*socket);
    close(*socket);
    if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  }
}

}  // namespace picost::calibrate
