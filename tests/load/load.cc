// The daemon under load, against the targets of "the daemon an operator would run".
// Ratios within one run; absolute rates are of the machine it runs on.
//
//   bazel run --config=opt //tests/load:load                   about a minute
//   bazel run --config=opt //tests/load:load -- --calls=1000000
//
// Exit status 1 where a target is missed.
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/strings/str_cat.h"
#include "estimator/cost/data_directory.h"
#include "estimator/estimator.h"
#include "estimator/graph/onnx_import.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "third_party/grpc/health/v1/health.grpc.pb.h"

ABSL_FLAG(int64_t, calls, 100'000, "Estimate calls over which memory must stay flat");
ABSL_FLAG(int32_t, in_flight, 64, "calls at once");
ABSL_FLAG(double, round_seconds, 1, "length of one round of the throughput ratio");
ABSL_FLAG(bool, ratios, true, "judge ratios of time, too; false: only that nothing fails or leaks");

namespace picost {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::duration elapsed) { return std::chrono::duration<double>(elapsed).count(); }

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "load: %s\n", what.c_str());
  std::exit(2);
}

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) Die(value.status().ToString());
  return *std::move(value);
}

void OrDie(const grpc::Status& status) {
  if (!status.ok()) Die(status.error_message());
}

// picostd as a process of its own, so that its memory is its own.
class Daemon {
 public:
  Daemon() {
    char folder[] = "/tmp/picost_load_XXXXXX";
    if (mkdtemp(folder) == nullptr) Die("no folder in /tmp");
    folder_ = folder;
    const std::string port_file = folder_ + "/port";
    const std::vector<std::string> arguments = {"service/picostd", "--listen=127.0.0.1:0",
                                                "--data_dir=data", "--port_file=" + port_file};
    pid_ = fork();
    if (pid_ == 0) {
      std::vector<char*> argv;
      for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
      argv.push_back(nullptr);
      execv(argv[0], argv.data());
      _exit(127);
    }
    for (int i = 0; i < 6000 && !std::filesystem::exists(port_file); ++i) {
      if (waitpid(pid_, nullptr, WNOHANG) != 0) Die("picostd did not start");
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    address_ = absl::StrCat("127.0.0.1:", std::stoi(ReadFile(port_file)));
  }
  ~Daemon() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(folder_);
  }
  const std::string& address() const { return address_; }
  int64_t ResidentBytes() const {
    int64_t total = 0;
    int64_t resident = 0;
    std::ifstream(absl::StrCat("/proc/", pid_, "/statm")) >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
  }

 private:
  std::string folder_;
  std::string address_;
  pid_t pid_ = 0;
};

// One call under way.
struct Call {
  virtual ~Call() = default;
  grpc::ClientContext context;
  grpc::Status status;
  Clock::time_point begin = Clock::now();
};

template <class Response>
struct UnaryCall : Call {
  Response response;
  std::unique_ptr<grpc::ClientAsyncResponseReader<Response>> reader;
};

// Keeps `in_flight` calls of one kind going; a call begins where one has ended.
class Pump {
 public:
  // Begins a call that ends in the queue, with itself as its tag.
  using Start = std::function<std::unique_ptr<Call>(grpc::CompletionQueue*)>;

  explicit Pump(Start start) : start_(std::move(start)) {}
  ~Pump() { queue_.Shutdown(); }

  // Until `more`, asked with the calls begun, says no; the latencies in seconds.
  std::vector<double> Run(int in_flight, const std::function<bool(int64_t)>& more) {
    int64_t begun = 0;
    int running = 0;
    const auto next = [&] {
      if (!more(begun)) return;
      ++begun;
      ++running;
      start_(&queue_).release();  // until its tag comes back
    };
    for (int i = 0; i < in_flight; ++i) next();
    std::vector<double> latencies;
    void* tag = nullptr;
    bool ok = false;
    while (running > 0 && queue_.Next(&tag, &ok)) {
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      if (!call->status.ok()) Die(call->status.error_message());
      latencies.push_back(Seconds(Clock::now() - call->begin));
      --running;
      next();
    }
    return latencies;
  }

 private:
  const Start start_;
  grpc::CompletionQueue queue_;
};

double Quantile(std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(share * sorted.size()))];
}

bool Judge(const char* what, double value, bool good, const char* target) {
  std::printf("%-62s %10.3f   %s %s\n", what, value, target, good ? "met" : "MISSED");
  std::fflush(stdout);
  return good;
}

class Load {
 public:
  Load()
      : channel_(grpc::CreateChannel(daemon_.address(), grpc::InsecureChannelCredentials())),
        health_(grpc::health::v1::Health::NewStub(channel_)),
        oracle_(v1::CostOracle::NewStub(channel_)) {
    // The last callbacks drop their contexts, which hold the channel, a moment after they
    // have counted their calls; gRPC may not end a channel on the thread that calls back.
    static auto* const kept = new std::vector<std::shared_ptr<grpc::Channel>>;
    kept->push_back(channel_);
    v1::CreateModelRequest create;
    create.mutable_graph()->set_onnx(ReadFile("data/models/resnet18_cifar.onnx"));
    v1::Model model;
    grpc::ClientContext context;
    OrDie(v1::Models::NewStub(channel_)->CreateModel(&context, create, &model));
    question_.mutable_graph()->set_model(model.name());
    question_.mutable_protocol()->set_protocol("protocols/cheetah");
    question_.mutable_deployment()->set_name("deployments/lan");
    question_.set_view(v1::ESTIMATE_VIEW_TOTALS);
  }

  bool Throughput() {
    const double length = absl::GetFlag(FLAGS_round_seconds);
    std::vector<double> ratios;
    std::vector<double> latencies;
    double estimates = 0;
    double empties = 0;
    constexpr int kRounds = 7;
    for (int round = 0; round < kRounds; ++round) {
      const double empty = Rate(Empty(), length, nullptr);
      const double estimate = Rate(Estimate(), length, &latencies);
      if (round == 0) {
        latencies.clear();  // caches fill up
        continue;
      }
      empties += empty / (kRounds - 1);
      estimates += estimate / (kRounds - 1);
      ratios.push_back(estimate / empty);
    }
    std::sort(ratios.begin(), ratios.end());
    std::sort(latencies.begin(), latencies.end());
    const double p50 = Quantile(latencies, 0.50);
    const double p99 = Quantile(latencies, 0.99);
    std::printf("empty calls per second %.0f, Estimate %.0f; p50 %.3f ms, p99 %.3f ms\n", empties,
                estimates, 1e3 * p50, 1e3 * p99);
    const double ratio = ratios[ratios.size() / 2];
    const bool rate = Judge("Estimate calls by empty calls per second, median of rounds", ratio,
                            ratio >= 0.5, "at least 0.5");
    const bool tail = Judge("p99 by p50 of Estimate", p99 / p50, p99 < 8 * p50, "under 8");
    return rate && tail;
  }

  bool Memory() {
    const int64_t calls = absl::GetFlag(FLAGS_calls);
    const int in_flight = absl::GetFlag(FLAGS_in_flight);
    const auto run = [&](int64_t count) {
      Pump pump(Estimate());
      pump.Run(in_flight, [count](int64_t begun) { return begun < count; });
    };
    run(calls / 10);
    const int64_t before = daemon_.ResidentBytes();
    run(calls);
    const int64_t after = daemon_.ResidentBytes();
    const double grown = static_cast<double>(after - before) / (1 << 20);
    std::printf("resident memory %.1f MiB, %.1f MiB after %lld calls\n",
                static_cast<double>(before) / (1 << 20), static_cast<double>(after) / (1 << 20),
                static_cast<long long>(calls));
    // A leak of 100 bytes a call is 9.5 MiB over the short form.
    const double allowed = std::max(4.0, 0.05 * static_cast<double>(before) / (1 << 20));
    return Judge("growth of resident memory, MiB", grown, grown < allowed, "5 % or 4 MiB");
  }

  bool Batch() {
    // Different questions, so that no answer helps another.
    const auto data = OrDie(cost::DataDirectory::Load("data"));
    const auto deployment = OrDie(data->FindDeployment("lan"));
    const auto graph = OrDie(graph::ImportOnnx(ReadFile("data/models/resnet18_cifar.onnx"), {}));
    constexpr int kItems = 1000;
    v1::BatchEstimateRequest batch;
    std::vector<cost::Deployment> links;
    for (int i = 0; i < kItems; ++i) {
      v1::EstimateRequest& one = *batch.add_requests();
      one = question_;
      auto& custom = *one.mutable_deployment()->mutable_custom();
      custom.set_base("deployments/lan");
      v1::NetworkProfile& profile = *custom.mutable_network_profile();
      profile.set_round_trip_seconds(0.001 * (i + 1));
      profile.set_client_to_server_bytes_per_second(1e8);
      profile.set_server_to_client_bytes_per_second(1e8);
      links.push_back(deployment);
      links.back().network.round_trip_seconds = 0.001 * (i + 1);
    }
    double own = 1e300;
    double served = 1e300;
    for (int round = 0; round < 3; ++round) {
      const auto begin = Clock::now();
      for (const cost::Deployment& link : links) {
        if (!EstimateModel(graph, {.id = "cheetah"}, link).ok()) Die("the estimator failed");
      }
      own = std::min(own, Seconds(Clock::now() - begin));
      const auto asked = Clock::now();
      grpc::ClientContext context;
      v1::BatchEstimateResponse response;
      OrDie(oracle_->BatchEstimate(&context, batch, &response));
      served = std::min(served, Seconds(Clock::now() - asked));
      for (const v1::EstimateResult& result : response.results()) {
        if (!result.has_estimate()) Die("an item of the batch failed");
      }
    }
    std::printf("1,000 estimates: the estimator %.3f s, BatchEstimate %.3f s\n", own, served);
    return Judge("BatchEstimate of 1,000 by the estimator's own time", served / own,
                 served < 3 * own, "under 3");
  }

 private:
  double Rate(Pump::Start start, double seconds, std::vector<double>* latencies) {
    Pump pump(std::move(start));
    const auto begin = Clock::now();
    const auto end =
        begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    const std::vector<double> found =
        pump.Run(absl::GetFlag(FLAGS_in_flight), [end](int64_t) { return Clock::now() < end; });
    if (latencies != nullptr) latencies->insert(latencies->end(), found.begin(), found.end());
    return static_cast<double>(found.size()) / Seconds(Clock::now() - begin);
  }

  Pump::Start Empty() {
    return [this](grpc::CompletionQueue* queue) {
      auto call = std::make_unique<UnaryCall<grpc::health::v1::HealthCheckResponse>>();
      call->reader = health_->AsyncCheck(&call->context, {}, queue);
      return Finish(std::move(call));
    };
  }

  Pump::Start Estimate() {
    return [this](grpc::CompletionQueue* queue) {
      auto call = std::make_unique<UnaryCall<v1::Estimate>>();
      call->reader = oracle_->AsyncEstimate(&call->context, question_, queue);
      return Finish(std::move(call));
    };
  }

  template <class Response>
  static std::unique_ptr<Call> Finish(std::unique_ptr<UnaryCall<Response>> call) {
    Call* const tag = call.get();  // as the queue hands it back
    call->reader->Finish(&call->response, &call->status, tag);
    return call;
  }

  Daemon daemon_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<grpc::health::v1::Health::Stub> health_;
  std::unique_ptr<v1::CostOracle::Stub> oracle_;
  v1::EstimateRequest question_;
};

int Main() {
  Load load;
  bool good = true;
  if (absl::GetFlag(FLAGS_ratios)) {
    good = load.Throughput() && good;
    good = load.Batch() && good;
  }
  good = load.Memory() && good;
  return good ? 0 : 1;
}

}  // namespace
}  // namespace picost

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return picost::Main();
}
