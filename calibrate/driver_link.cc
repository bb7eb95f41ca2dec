#include "calibrate/driver_link.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "calibrate/channel.h"
#include "calibrate/driver_json.h"
#include "calibrate/driver_server.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

extern char** environ;

namespace picost::calibrate {
namespace {

constexpr size_t kMaximumLine = 64 << 20;

absl::Status Gone(const std::string& name, const std::string& what) {
  return MakeError(absl::StatusCode::kUnavailable, absl::StrCat("driver ", name, ": ", what),
                   {.mend = "Look at what it wrote to standard error."});
}

}  // namespace

absl::StatusOr<std::unique_ptr<DriverLink>> DriverLink::Start(
    const std::string& name, const std::vector<std::string>& command) {
  int to_child[2], from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
    return Gone(name, "no pipe");
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to_child[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from_child[1], STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int code =
      posix_spawnp(&child, command[0].c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(to_child[0]);
  close(from_child[1]);
  if (code != 0) {
    close(to_child[1]);
    close(from_child[0]);
    return MakeError(absl::StatusCode::kNotFound,
                     absl::StrCat("driver ", name, " cannot be started: ", command[0], ": ",
                                  std::strerror(code)),
                     {.mend = "Build it, or leave it out with --drivers."});
  }
  signal(SIGPIPE, SIG_IGN);  // a driver that died is an error, not a signal
  return std::unique_ptr<DriverLink>(new DriverLink(name, from_child[0], to_child[1], child));
}

absl::StatusOr<std::unique_ptr<DriverLink>> DriverLink::ConnectToAgent(const std::string& name,
                                                                       const std::string& host,
                                                                       int port) {
  PICOST_ASSIGN_OR_RETURN(const int socket, ConnectSocket(host, port, /*timeout_seconds=*/60));
  signal(SIGPIPE, SIG_IGN);
  auto link = std::unique_ptr<DriverLink>(new DriverLink(name, socket, dup(socket), 0));
  PICOST_RETURN_IF_ERROR(link->SendLine(name));
  return link;
}

DriverLink::~DriverLink() {
  DriverRequest quit;
  quit.mutable_quit();
  if (Send(quit).ok() && child_ == 0) (void)Receive(1);
  close(write_fd_);
  if (child_ != 0) {
    // Its input is closed: it ends by itself. Wait a little, then insist.
    for (int i = 0; i < 200 && child_ != 0; ++i) {
      if (waitpid(child_, nullptr, WNOHANG) != 0) child_ = 0;
      if (child_ != 0) usleep(10'000);
    }
    if (child_ != 0) {
      kill(child_, SIGKILL);
      waitpid(child_, nullptr, 0);
    }
  }
  close(read_fd_);
}

absl::Status DriverLink::SendLine(const std::string& line) {
  const std::string text = line + "\n";
  for (size_t done = 0; done < text.size();) {
    const ssize_t put = write(write_fd_, text.data() + done, text.size() - done);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return Gone(name_, absl::StrCat("does not listen: ", std::strerror(errno)));
    done += static_cast<size_t>(put);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> DriverLink::ReceiveLine(double timeout_seconds) {
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::duration<double>(timeout_seconds);
  while (true) {
    if (const size_t end = buffer_.find('\n'); end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return line;
    }
    if (buffer_.size() > kMaximumLine) return Gone(name_, "its reply is too long");
    const double left =
        std::chrono::duration<double>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) {
      return MakeError(absl::StatusCode::kDeadlineExceeded,
                       absl::StrCat("driver ", name_, ": no reply within ", timeout_seconds, " s"),
                       {.mend = "Measure smaller counts, or look what the driver waits for."});
    }
    pollfd state{read_fd_, POLLIN, 0};
    if (poll(&state, 1, static_cast<int>(left * 1000) + 1) <= 0) continue;
    char chunk[4096];
    const ssize_t got = read(read_fd_, chunk, sizeof(chunk));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Gone(name_, "ended without a reply");
    buffer_.append(chunk, static_cast<size_t>(got));
  }
}

absl::Status DriverLink::Send(DriverRequest request) {
  request.set_version(kDriverProtocolVersion);
  request.set_id(next_id_++);
  return SendLine(ToJsonLine(request));
}

absl::StatusOr<DriverReply> DriverLink::Receive(double timeout_seconds) {
  PICOST_ASSIGN_OR_RETURN(const std::string line, ReceiveLine(timeout_seconds));
  DriverReply reply;
  PICOST_RETURN_IF_ERROR(FromJsonLine(line, reply));
  if (reply.id() != next_id_ - 1) {
    return Gone(name_,
                absl::StrCat("replied to request ", reply.id(), " instead of ", next_id_ - 1));
  }
  if (reply.has_error()) return StatusOf(reply.error(), name_);
  return reply;
}

absl::StatusOr<DriverReply> DriverLink::Call(DriverRequest request, double timeout_seconds) {
  PICOST_RETURN_IF_ERROR(Send(std::move(request)));
  return Receive(timeout_seconds);
}

}  // namespace picost::calibrate
