// A metered, blocking TCP connection between the two parties of a driver.
//
// It is a measuring instrument, not a transport for secrets: there is no
// encryption and no authentication, as the protocols measured assume channels
// that have both. TCP_NODELAY is set, so that a flight leaves when it is sent.
#ifndef PICOST_CALIBRATE_CHANNEL_H_
#define PICOST_CALIBRATE_CHANNEL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "calibrate/channel_meter.h"

namespace picost::calibrate {

class Channel {
 public:
  // Takes over a connected stream socket.
  explicit Channel(int socket);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  // Two ends of one connection over loopback TCP, for tests and benchmarks.
  static absl::StatusOr<std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>>>
  LoopbackPair();
  // Tries to connect until the deadline: the other party may still be starting.
  static absl::StatusOr<std::unique_ptr<Channel>> Connect(const std::string& host, int port,
                                                          double timeout_seconds);

  absl::Status Send(const void* data, int64_t bytes);
  absl::Status Receive(void* data, int64_t bytes);
  // Sends and receives at once, so that two parties with more data than the
  // kernel buffers do not wait for each other.
  absl::Status Exchange(const void* sent, int64_t sent_bytes, void* received,
                        int64_t received_bytes);
  // The same piece by piece, so that a long exchange is made and used in the cache. A
  // source is asked for bytes whenever its last ones have gone out, a sink for room
  // whenever its last room is full; what is empty is the end. No piece that is sent may
  // depend on one that was received: for the meter this is one exchange.
  using Source = std::function<std::span<const char>()>;
  using Sink = std::function<std::span<char>()>;
  absl::Status Exchange(const Source& source, const Sink& sink);

  ChannelMeter& meter() { return meter_; }

 private:
  absl::Status SendAll(const char* data, int64_t bytes);
  absl::Status ReceiveAll(char* data, int64_t bytes);

  int socket_;
  ChannelMeter meter_;
};

// Numeric address of the other end of a connected socket; empty where there is none.
std::string PeerAddress(int socket);
// Numeric addresses of a host, as PeerAddress writes them.
absl::StatusOr<std::vector<std::string>> AddressesOf(const std::string& host);

// A connected socket; tries again until the deadline.
absl::StatusOr<int> ConnectSocket(const std::string& host, int port, double timeout_seconds);

// Waits for one connection on a port; port 0 lets the system choose one.
class Listener {
 public:
  static absl::StatusOr<std::unique_ptr<Listener>> Open(const std::string& address, int port);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int port() const { return port_; }
  absl::StatusOr<std::unique_ptr<Channel>> Accept(double timeout_seconds);
  // The socket itself; the caller closes it.
  absl::StatusOr<int> AcceptSocket(double timeout_seconds);

 private:
  Listener(int socket, int port) : socket_(socket), port_(port) {}

  int socket_;
  int port_;
};

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_CHANNEL_H_
