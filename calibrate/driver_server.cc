#include "calibrate/driver_server.h"

#include <sys/resource.h>
#include <time.h>

#include <istream>
#include <memory>
#include <ostream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "calibrate/driver_json.h"
#include "calibrate/machine_probe.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::calibrate {
namespace {

constexpr double kAcceptTimeoutSeconds = 60;
constexpr double kConnectTimeoutSeconds = 20;

double Clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// What the connection of one driver process is at.
struct Session {
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Channel> channel;
};

absl::Status CheckMeasure(const Capabilities& capabilities, const MeasureRequest& request) {
  const Operation* operation = nullptr;
  for (const Operation& candidate : capabilities.operations()) {
    if (candidate.name() == request.operation()) operation = &candidate;
  }
  if (operation == nullptr) {
    return MakeError(absl::StatusCode::kNotFound,
                     absl::StrCat("no operation \"", request.operation(), "\""),
                     {.field = "operation", .mend = "Ask for the capabilities."});
  }
  if (request.party() != MeasureRequest::CLIENT && request.party() != MeasureRequest::SERVER) {
    return MakeError(absl::StatusCode::kInvalidArgument, "no party",
                     {.field = "party", .mend = "Say CLIENT or SERVER."});
  }
  if (request.count() < 1 || request.repetitions() < 1 || request.warm_up() < 0) {
    return MakeError(absl::StatusCode::kInvalidArgument,
                     "count and repetitions are at least 1, warm_up at least 0",
                     {.field = "count", .mend = "Correct the request."});
  }
  for (const auto& [name, value] : request.parameters()) {
    const OperationParameter* parameter = nullptr;
    for (const OperationParameter& candidate : operation->parameters()) {
      if (candidate.name() == name) parameter = &candidate;
    }
    if (parameter == nullptr || value < parameter->minimum() || value > parameter->maximum()) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat(request.operation(), ": parameter ", name, " = ", value,
                                    parameter == nullptr ? " is not known" : " is out of range"),
                       {.field = name, .mend = "The capabilities state names and ranges."});
    }
  }
  for (const OperationParameter& parameter : operation->parameters()) {
    if (request.parameters().contains(parameter.name())) continue;
    return MakeError(
        absl::StatusCode::kInvalidArgument,
        absl::StrCat(request.operation(), ": parameter ", parameter.name(), " is missing"),
        {.field = parameter.name(), .mend = "Give every declared parameter."});
  }
  return absl::OkStatus();
}

absl::StatusOr<MeasureReply> Measure(Driver& driver, Session& session,
                                     const MeasureRequest& request) {
  PICOST_RETURN_IF_ERROR(CheckMeasure(driver.GetCapabilities(), request));
  if (session.channel == nullptr && session.listener != nullptr) {
    PICOST_ASSIGN_OR_RETURN(session.channel, session.listener->Accept(kAcceptTimeoutSeconds));
    session.listener.reset();
  }
  if (session.channel == nullptr) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "no connection to the other party",
                     {.mend = "Send listen to one party and connect to the other first."});
  }
  absl::StatusOr<MeasureReply> reply = driver.Measure(request, *session.channel);
  // A failed run leaves the stream in the middle of something.
  if (!reply.ok()) session.channel.reset();
  return reply;
}

absl::Status Answer(Driver& driver, Session& session, const DriverRequest& request,
                    DriverReply& reply) {
  if (request.version() != kDriverProtocolVersion) {
    return MakeError(absl::StatusCode::kUnimplemented,
                     absl::StrCat("protocol version ", request.version(), "; this driver speaks ",
                                  kDriverProtocolVersion),
                     {.field = "version", .mend = "Use drivers of the same release."});
  }
  switch (request.request_case()) {
    case DriverRequest::kDescribe:
      *reply.mutable_describe() = driver.Describe();
      *reply.mutable_describe()->mutable_machine() = ProbeMachine();
      return absl::OkStatus();
    case DriverRequest::kCapabilities:
      *reply.mutable_capabilities() = driver.GetCapabilities();
      return absl::OkStatus();
    case DriverRequest::kListen: {
      PICOST_ASSIGN_OR_RETURN(session.listener,
                              Listener::Open(request.listen().address(), request.listen().port()));
      session.channel.reset();
      reply.mutable_listen()->set_port(session.listener->port());
      return absl::OkStatus();
    }
    case DriverRequest::kConnect: {
      PICOST_ASSIGN_OR_RETURN(session.channel,
                              Channel::Connect(request.connect().host(), request.connect().port(),
                                               kConnectTimeoutSeconds));
      reply.mutable_connect();
      return absl::OkStatus();
    }
    case DriverRequest::kMeasure: {
      PICOST_ASSIGN_OR_RETURN(*reply.mutable_measure(),
                              Measure(driver, session, request.measure()));
      return absl::OkStatus();
    }
    case DriverRequest::kQuit:
      reply.mutable_quit();
      return absl::OkStatus();
    case DriverRequest::REQUEST_NOT_SET:
      break;
  }
  return MakeError(absl::StatusCode::kInvalidArgument, "the line holds no request",
                   {.mend = "Send describe, capabilities, listen, connect, measure or quit."});
}

}  // namespace

int ServeDriver(Driver& driver, std::istream& in, std::ostream& out) {
  Session session;
  std::string line;
  while (std::getline(in, line)) {
    if (absl::StripAsciiWhitespace(line).empty()) continue;
    DriverRequest request;
    DriverReply reply;
    reply.set_version(kDriverProtocolVersion);
    absl::Status status = FromJsonLine(line, request);
    reply.set_id(request.id());
    if (status.ok()) status = Answer(driver, session, request, reply);
    if (!status.ok()) {
      reply.mutable_error()->set_code(
          absl::AsciiStrToLower(absl::StatusCodeToString(status.code())));
      reply.mutable_error()->set_message(std::string(status.message()));
    }
    out << ToJsonLine(reply) << '\n' << std::flush;
    if (status.ok() && request.has_quit()) break;
  }
  return 0;
}

absl::Status Meet(Channel& channel) {
  char mine = 0, theirs = 0;
  const absl::Status status = channel.Exchange(&mine, 1, &theirs, 1);
  channel.meter().Reset();
  return status;
}

absl::Status TimeStep(Channel& channel, std::string_view primitive,
                      const std::map<std::string, int64_t>& parameters, int64_t count,
                      Step::Part part, const std::function<absl::Status()>& work,
                      Repetition& repetition) {
  PICOST_RETURN_IF_ERROR(Meet(channel));
  const double wall = Clock(CLOCK_MONOTONIC);
  const double cpu = Clock(CLOCK_PROCESS_CPUTIME_ID);
  PICOST_RETURN_IF_ERROR(work());
  Step& step = *repetition.add_steps();
  step.set_cpu_seconds(Clock(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  step.set_wall_seconds(Clock(CLOCK_MONOTONIC) - wall);
  step.set_primitive(std::string(primitive));
  for (const auto& [name, value] : parameters) (*step.mutable_parameters())[name] = value;
  step.set_count(count);
  step.set_part(part);
  step.set_bytes_sent(channel.meter().bytes_sent());
  step.set_bytes_received(channel.meter().bytes_received());
  step.set_messages_sent(channel.meter().messages_sent());
  step.set_flights(channel.meter().flights());
  return absl::OkStatus();
}

int64_t PeakMemoryBytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace picost::calibrate
