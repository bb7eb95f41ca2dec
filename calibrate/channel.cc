#include "calibrate/channel.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::calibrate {
namespace {

absl::Status SystemError(const std::string& what) {
  return MakeError(absl::StatusCode::kUnavailable, absl::StrCat(what, ": ", std::strerror(errno)),
                   {.mend = "Look whether the other party still runs and can be reached."});
}

void SetNoDelay(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

struct Addresses {
  addrinfo* list = nullptr;
  ~Addresses() {
    if (list != nullptr) freeaddrinfo(list);
  }
};

absl::Status Resolve(const std::string& host, int port, int flags, Addresses& addresses) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  const std::string service = std::to_string(port);
  const int code =
      getaddrinfo(host.empty() ? nullptr : host.c_str(), service.c_str(), &hints, &addresses.list);
  if (code == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("cannot resolve \"", host, "\": ", gai_strerror(code)),
                   {.field = "host", .mend = "Give a host name or address of this network."});
}

// An IPv4 address is written as such on a socket of IPv6, too.
std::string Numeric(const sockaddr* address, socklen_t length) {
  char host[NI_MAXHOST] = "";
  if (getnameinfo(address, length, host, sizeof(host), nullptr, 0, NI_NUMERICHOST) != 0) return "";
  return std::string(absl::StripPrefix(host, "::ffff:"));
}

}  // namespace

std::string PeerAddress(int socket) {
  sockaddr_storage peer{};
  socklen_t length = sizeof(peer);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return "";
  return Numeric(reinterpret_cast<sockaddr*>(&peer), length);
}

absl::StatusOr<std::vector<std::string>> AddressesOf(const std::string& host) {
  Addresses addresses;
  PICOST_RETURN_IF_ERROR(Resolve(host, 0, 0, addresses));
  std::vector<std::string> numeric;
  for (const addrinfo* a = addresses.list; a != nullptr; a = a->ai_next) {
    numeric.push_back(Numeric(a->ai_addr, a->ai_addrlen));
  }
  return numeric;
}

Channel::Channel(int socket) : socket_(socket) { SetNoDelay(socket_); }

Channel::~Channel() { close(socket_); }

absl::StatusOr<std::pair<std::unique_ptr<Channel>, std::unique_ptr<Channel>>>
Channel::LoopbackPair() {
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<Listener> listener, Listener::Open("127.0.0.1", 0));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<Channel> first,
                          Connect("127.0.0.1", listener->port(), /*timeout_seconds=*/10));
  PICOST_ASSIGN_OR_RETURN(std::unique_ptr<Channel> second, listener->Accept(10));
  return std::make_pair(std::move(first), std::move(second));
}

absl::StatusOr<std::unique_ptr<Channel>> Channel::Connect(const std::string& host, int port,
                                                          double timeout_seconds) {
  PICOST_ASSIGN_OR_RETURN(const int socket, ConnectSocket(host, port, timeout_seconds));
  return std::make_unique<Channel>(socket);
}

absl::StatusOr<int> ConnectSocket(const std::string& host, int port, double timeout_seconds) {
  Addresses addresses;
  PICOST_RETURN_IF_ERROR(Resolve(host, port, 0, addresses));
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(timeout_seconds);
  while (true) {
    for (const addrinfo* a = addresses.list; a != nullptr; a = a->ai_next) {
      const int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
      if (fd < 0) continue;
      if (connect(fd, a->ai_addr, a->ai_addrlen) == 0) return fd;
      close(fd);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return SystemError(absl::StrCat("cannot connect to ", host, ":", port));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

absl::Status Channel::SendAll(const char* data, int64_t bytes) {
  while (bytes > 0) {
    const ssize_t sent = send(socket_, data, static_cast<size_t>(bytes), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return SystemError("cannot send to the other party");
    data += sent;
    bytes -= sent;
  }
  return absl::OkStatus();
}

absl::Status Channel::ReceiveAll(char* data, int64_t bytes) {
  while (bytes > 0) {
    const ssize_t got = recv(socket_, data, static_cast<size_t>(bytes), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got == 0) errno = ECONNRESET;
    if (got <= 0) return SystemError("cannot receive from the other party");
    data += got;
    bytes -= got;
  }
  return absl::OkStatus();
}

absl::Status Channel::Send(const void* data, int64_t bytes) {
  if (bytes == 0) return absl::OkStatus();
  meter_.OnSend(bytes);
  return SendAll(static_cast<const char*>(data), bytes);
}

absl::Status Channel::Receive(void* data, int64_t bytes) {
  if (bytes == 0) return absl::OkStatus();
  meter_.OnReceive(bytes);
  return ReceiveAll(static_cast<char*>(data), bytes);
}

absl::Status Channel::Exchange(const void* sent, int64_t sent_bytes, void* received,
                               int64_t received_bytes) {
  std::span<const char> out(static_cast<const char*>(sent), static_cast<size_t>(sent_bytes));
  std::span<char> in(static_cast<char*>(received), static_cast<size_t>(received_bytes));
  return Exchange([&] { return std::exchange(out, {}); }, [&] { return std::exchange(in, {}); });
}

absl::Status Channel::Exchange(const Source& source, const Sink& sink) {
  std::span<const char> out = source();
  std::span<char> in = sink();
  int64_t sent = 0, received = 0;
  while (!out.empty() || !in.empty()) {
    pollfd state{socket_, 0, 0};
    if (!out.empty()) state.events |= POLLOUT;
    if (!in.empty()) state.events |= POLLIN;
    if (poll(&state, 1, -1) < 0) {
      if (errno == EINTR) continue;
      return SystemError("cannot wait for the other party");
    }
    if (!in.empty() && (state.revents & (POLLIN | POLLHUP)) != 0) {
      const ssize_t got = recv(socket_, in.data(), in.size(), MSG_DONTWAIT);
      if (got == 0) errno = ECONNRESET;
      if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        return SystemError("cannot receive from the other party");
      }
      if (got > 0) {
        received += got;
        in = in.subspan(static_cast<size_t>(got));
        if (in.empty()) in = sink();
      }
    }
    if ((state.revents & POLLOUT) != 0) {
      const ssize_t put = send(socket_, out.data(), out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (put < 0 && errno != EAGAIN && errno != EINTR) {
        return SystemError("cannot send to the other party");
      }
      if (put > 0) {
        sent += put;
        out = out.subspan(static_cast<size_t>(put));
        if (out.empty()) out = source();
      }
    }
    if ((state.revents & (POLLERR | POLLNVAL)) != 0) {
      return SystemError("the connection to the other party broke");
    }
  }
  meter_.OnExchange(sent, received);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(const std::string& address, int port) {
  Addresses addresses;
  PICOST_RETURN_IF_ERROR(Resolve(address, port, AI_PASSIVE, addresses));
  const addrinfo* a = addresses.list;
  const int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
  if (fd < 0) return SystemError("cannot open a socket");
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_storage bound{};
  socklen_t length = sizeof(bound);
  if (bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, 1) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &length) != 0) {
    const absl::Status status = SystemError(absl::StrCat("cannot listen on port ", port));
    close(fd);
    return status;
  }
  const int actual = bound.ss_family == AF_INET6
                         ? ntohs(reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port)
                         : ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
  return std::unique_ptr<Listener>(new Listener(fd, actual));
}

Listener::~Listener() { close(socket_); }

absl::StatusOr<std::unique_ptr<Channel>> Listener::Accept(double timeout_seconds) {
  PICOST_ASSIGN_OR_RETURN(const int socket, AcceptSocket(timeout_seconds));
  return std::make_unique<Channel>(socket);
}

absl::StatusOr<int> Listener::AcceptSocket(double timeout_seconds) {
  pollfd state{socket_, POLLIN, 0};
  const int ready = poll(&state, 1, static_cast<int>(timeout_seconds * 1000));
  if (ready == 0) {
    return MakeError(
        absl::StatusCode::kDeadlineExceeded,
        absl::StrCat("no connection on port ", port_, " within ", timeout_seconds, " s"),
        {.mend = "Start the other party, and let this port through the firewall."});
  }
  const int fd = ready < 0 ? -1 : accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd < 0) return SystemError("cannot accept the other party");
  return fd;
}

}  // namespace picost::calibrate
