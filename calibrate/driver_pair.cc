#include "calibrate/driver_pair.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "calibrate/processors.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::calibrate {
namespace {

constexpr double kShortTimeoutSeconds = 30;

absl::Status Disagree(const std::string& what) {
  return MakeError(absl::StatusCode::kInternal, absl::StrCat("the two parties disagree: ", what),
                   {.mend = "This is a mistake of the driver: its measurement is not used."});
}

absl::StatusOr<Description> Describe(DriverLink& link) {
  DriverRequest request;
  request.mutable_describe();
  PICOST_ASSIGN_OR_RETURN(const DriverReply reply, link.Call(request, kShortTimeoutSeconds));
  if (reply.describe().name() != link.name() || reply.describe().version().empty()) {
    return MakeError(
        absl::StatusCode::kInternal,
        absl::StrCat("driver ", link.name(), " describes itself as \"", reply.describe().name(),
                     "\", version \"", reply.describe().version(), "\""),
        {.mend = "A driver states its name and a version."});
  }
  return reply.describe();
}

bool Declares(const Capabilities& capabilities, const std::string& name,
              const std::string& primitive) {
  for (const Operation& operation : capabilities.operations()) {
    if (operation.name() != name) continue;
    return std::find(operation.primitives().begin(), operation.primitives().end(), primitive) !=
           operation.primitives().end();
  }
  return false;
}

cost::Sample MakeSample(const Step& step, primitives::Executor executor, const std::string& network,
                        int64_t repeat, const primitives::Traffic& traffic) {
  cost::Sample sample;
  sample.primitive = step.primitive();
  for (const auto& [name, value] : step.parameters()) sample.parameters.Set(name, value);
  sample.count = step.count();
  sample.executor = executor;
  sample.network = network;
  sample.repeat = repeat;
  sample.wall = Seconds(step.wall_seconds());
  sample.cpu = Seconds(step.cpu_seconds());
  if (step.local()) {
    sample.network = "none";
    return sample;
  }
  sample.traffic = traffic;
  sample.traffic_known = true;
  return sample;
}

}  // namespace

absl::StatusOr<std::unique_ptr<DriverPair>> DriverPair::Open(
    const std::string& name, const std::vector<std::string>& command, const Parties& parties) {
  auto pair = std::unique_ptr<DriverPair>(new DriverPair());
  PICOST_ASSIGN_OR_RETURN(pair->client_, DriverLink::Start(name, command));
  if (parties.one_machine) {
    PICOST_ASSIGN_OR_RETURN(pair->server_, DriverLink::Start(name, command));
  } else {
    PICOST_ASSIGN_OR_RETURN(
        pair->server_, DriverLink::ConnectToAgent(name, parties.server_host, parties.agent_port));
  }
  PICOST_ASSIGN_OR_RETURN(pair->client_description_, Describe(*pair->client_));
  PICOST_ASSIGN_OR_RETURN(pair->server_description_, Describe(*pair->server_));
  // Behind the descriptions, which count the processors.
  if (const auto processors = SeparateProcessors(); parties.one_machine && processors) {
    pair->on_cores_of_their_own_ = RunOn(pair->client_->process(), processors->first) &&
                                   RunOn(pair->server_->process(), processors->second);
  }
  if (pair->client_description_.version() != pair->server_description_.version()) {
    return Disagree(absl::StrCat("versions ", pair->client_description_.version(), " and ",
                                 pair->server_description_.version()));
  }
  DriverRequest request;
  request.mutable_capabilities();
  PICOST_ASSIGN_OR_RETURN(const DriverReply capabilities,
                          pair->client_->Call(request, kShortTimeoutSeconds));
  pair->capabilities_ = capabilities.capabilities();

  request.mutable_listen()->set_address(parties.one_machine ? "127.0.0.1" : "");
  request.mutable_listen()->set_port(parties.one_machine ? 0 : parties.agent_port + 1);
  PICOST_ASSIGN_OR_RETURN(const DriverReply listening,
                          pair->server_->Call(request, kShortTimeoutSeconds));
  request.mutable_connect()->set_host(parties.server_host);
  request.mutable_connect()->set_port(listening.listen().port());
  PICOST_RETURN_IF_ERROR(pair->client_->Call(request, kShortTimeoutSeconds).status());
  return pair;
}

absl::StatusOr<std::pair<MeasureReply, MeasureReply>> DriverPair::MeasureBoth(
    MeasureRequest request, double timeout_seconds) {
  DriverRequest message;
  request.set_party(MeasureRequest::CLIENT);
  *message.mutable_measure() = request;
  PICOST_RETURN_IF_ERROR(client_->Send(message));
  message.mutable_measure()->set_party(MeasureRequest::SERVER);
  PICOST_RETURN_IF_ERROR(server_->Send(message));
  absl::StatusOr<DriverReply> client = client_->Receive(timeout_seconds);
  absl::StatusOr<DriverReply> server = server_->Receive(timeout_seconds);
  // A party that lost the other says unavailable: the other's words say why.
  if (!client.ok() && !(absl::IsUnavailable(client.status()) && !server.ok())) {
    return client.status();
  }
  if (!server.ok()) return server.status();
  return std::make_pair(client->measure(), server->measure());
}

absl::StatusOr<std::vector<cost::Sample>> DriverPair::Measure(const MeasureRequest& request,
                                                              const std::string& network,
                                                              double timeout_seconds) {
  PICOST_ASSIGN_OR_RETURN(const auto replies, MeasureBoth(request, timeout_seconds));
  const auto& [client, server] = replies;
  if (client.repetitions_size() != request.repetitions() ||
      server.repetitions_size() != request.repetitions()) {
    return Disagree(absl::StrCat(client.repetitions_size(), " and ", server.repetitions_size(),
                                 " repetitions instead of ", request.repetitions()));
  }
  std::vector<cost::Sample> samples;
  for (int i = 0; i < request.repetitions(); ++i) {
    if (!client.repetitions(i).correct() || !server.repetitions(i).correct()) {
      return MakeError(
          absl::StatusCode::kDataLoss,
          absl::StrCat(request.operation(), " x ", request.count(),
                       ": an output differs from the clear computation"),
          {.mend = "The backend is broken on this machine: its figures are not used."});
    }
    PICOST_ASSIGN_OR_RETURN(
        std::vector<cost::Sample> merged,
        MergeRepetition(client.repetitions(i), server.repetitions(i), network, i));
    for (cost::Sample& sample : merged) {
      if (!Declares(capabilities_, request.operation(), sample.primitive)) {
        return Disagree(absl::StrCat(request.operation(), " ran ", sample.primitive,
                                     ", which its capabilities do not name"));
      }
      samples.push_back(std::move(sample));
    }
  }
  return samples;
}

absl::StatusOr<std::vector<cost::Sample>> MergeRepetition(const Repetition& client,
                                                          const Repetition& server,
                                                          const std::string& network,
                                                          int64_t repeat) {
  if (client.steps_size() != server.steps_size()) return Disagree("the number of steps");
  std::vector<cost::Sample> samples;
  for (int i = 0; i < client.steps_size(); ++i) {
    const Step& c = client.steps(i);
    const Step& s = server.steps(i);
    const std::string what = absl::StrCat("step ", c.primitive(), " x ", c.count());
    if (c.primitive() != s.primitive() || c.count() != s.count() ||
        std::map<std::string, int64_t>(c.parameters().begin(), c.parameters().end()) !=
            std::map<std::string, int64_t>(s.parameters().begin(), s.parameters().end())) {
      return Disagree(absl::StrCat(what, " against ", s.primitive(), " x ", s.count()));
    }
    if (c.bytes_sent() != s.bytes_received() || s.bytes_sent() != c.bytes_received() ||
        c.flights() != s.flights()) {
      return Disagree(absl::StrCat(what, ": bytes ", c.bytes_sent(), "/", s.bytes_received(),
                                   " up, ", s.bytes_sent(), "/", c.bytes_received(),
                                   " down, flights ", c.flights(), "/", s.flights()));
    }
    if (c.part() == Step::PART_UNSPECIFIED || s.part() == Step::PART_UNSPECIFIED ||
        (c.part() == Step::JOINT) != (s.part() == Step::JOINT)) {
      return Disagree(absl::StrCat(what, ": who works"));
    }
    const primitives::Traffic traffic = {Bytes(c.bytes_sent()), Bytes(s.bytes_sent()),
                                         Flights(c.flights())};
    if (c.part() == Step::JOINT) {
      const Step& longer = c.wall_seconds() >= s.wall_seconds() ? c : s;
      samples.push_back(MakeSample(longer, primitives::Executor::kJoint, network, repeat, traffic));
      continue;
    }
    if (c.part() == Step::WORKS) {
      samples.push_back(MakeSample(c, primitives::Executor::kClient, network, repeat, traffic));
    }
    if (s.part() == Step::WORKS) {
      samples.push_back(MakeSample(s, primitives::Executor::kServer, network, repeat, traffic));
    }
  }
  return samples;
}

}  // namespace picost::calibrate
