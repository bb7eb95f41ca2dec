#include "calibrate/agent.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "calibrate/channel.h"
#include "calibrate/driver.pb.h"
#include "calibrate/driver_json.h"
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

// Says why, in the driver protocol, to whoever asks.
void TurnAway(int socket, const std::string& peer, const std::string& client_host) {
  std::string buffer, line;
  if (!ReadLine(socket, buffer, line) || !ReadLine(socket, buffer, line)) return;
  DriverRequest request;
  DriverReply reply;
  if (FromJsonLine(line, request).ok()) reply.set_id(request.id());
  reply.mutable_error()->set_code("permission_denied");
  reply.mutable_error()->set_message(absl::StrCat("the server's calibrator serves ", client_host,
                                                  ", not ", peer,
                                                  ". Start both with --client=", peer, "."));
  WriteLine(socket, ToJsonLine(reply));
}

}  // namespace

absl::Status RunAgent(const AgentOptions& options) {
  PICOST_ASSIGN_OR_RETURN(const std::vector<std::string> clients, AddressesOf(options.client_host));
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<Listener> listener,
                          Listener::Open("", options.port));
  std::printf("waiting for the client's calibrator on port %d\n", listener->port());
  std::fflush(stdout);
  while (true) {
    const absl::StatusOr<int> socket = listener->AcceptSocket(options.idle_seconds);
    if (absl::IsDeadlineExceeded(socket.status())) return absl::OkStatus();
    if (!socket.ok()) return socket.status();
    const std::string peer = PeerAddress(*socket);
    if (std::find(clients.begin(), clients.end(), peer) == clients.end()) {
      std::fprintf(stderr, "turned away %s: --client names %s\n", peer.c_str(),
                   options.client_host.c_str());
      TurnAway(*socket, peer, options.client_host);
      close(*socket);
      continue;
    }
    const absl::Status status = Relay(*socket);
    close(*socket);
    if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  }
}

}  // namespace picost::calibrate
