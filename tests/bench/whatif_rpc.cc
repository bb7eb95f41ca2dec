// What a search loop sees over RPC, in one run:
//   * edits in batches of 1,000 candidates that each set every activation of a
//     ResNet-18 to a random count, against the same edits inside the estimator;
//   * server time of Estimate with totals alone, for registered models;
//   * the first estimate of a ResNet-50 from inline ONNX without weights;
//   * SolveBudget on a ResNet-50 with 64 levels, its table included.
//
//   bazel run --config=opt //tests/bench:whatif_rpc
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/cpp/client.h"
#include "estimator/cost/data_directory.h"
#include "estimator/graph/onnx_import.h"
#include "estimator/whatif/session.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "service/in_process.h"

namespace picost {
namespace {

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "whatif_rpc: %s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(value);
}

std::string ReadFile(const char* path) {
  std::FILE* file = std::fopen(path, "rb");
  if (file == nullptr) std::exit(1);
  std::string bytes;
  char buffer[1 << 16];
  for (size_t n; (n = std::fread(buffer, 1, sizeof(buffer), file)) > 0;) bytes.append(buffer, n);
  std::fclose(file);
  return bytes;
}

constexpr int kBatch = 1000;
constexpr int kRounds = 20;

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

v1::EstimateRequest Question(const char* protocol) {
  v1::EstimateRequest request;
  request.mutable_protocol()->set_protocol(std::string("protocols/") + protocol);
  request.mutable_deployment()->set_name("deployments/lan");
  request.set_view(v1::ESTIMATE_VIEW_TOTALS);
  return request;
}

void RunEdits(service::InProcessService& service, const char* protocol) {
  const std::string onnx = ReadFile("data/models/resnet18_cifar.onnx");
  const auto data = OrDie(cost::DataDirectory::Load("data"));
  const auto graph = std::make_shared<const graph::Graph>(OrDie(graph::ImportOnnx(onnx, {})));
  const auto session = OrDie(
      whatif::EditSession::Create(graph, {.id = protocol}, OrDie(data->FindDeployment("lan"))));

  client::Client oracle(service.channel());
  v1::GraphSource source;
  source.set_onnx(onnx);
  v1::EvaluateEditsRequest request;
  request.mutable_graph()->set_model(OrDie(oracle.Register(source)));
  request.mutable_protocol()->set_protocol(std::string("protocols/") + protocol);
  request.mutable_deployment()->set_name("deployments/lan");
  for (const graph::NodeId id : session->activations()) {
    request.add_kept_nodes(graph->node(id).name);
  }
  std::mt19937 random(1);
  // In turns, so that both see the same load of the machine; every round asks anew.
  double inside = 0;
  double over_rpc = 0;
  for (int round = 0; round <= kRounds; ++round) {
    request.clear_edits();
    std::vector<std::vector<whatif::EditOperation>> candidates(kBatch);
    for (auto& candidate : candidates) {
      v1::Edit& edit = *request.add_edits();
      for (const std::string& node : request.kept_nodes()) {
        const int64_t kept = 1 + static_cast<int64_t>(random() % 8000);
        edit.add_kept(kept);
        candidate.push_back(whatif::KeepRelus{.node = node, .count = kept});
      }
    }
    auto begin = std::chrono::steady_clock::now();
    for (const auto& candidate : candidates) OrDie(session->Evaluate(candidate));
    const double first = SecondsSince(begin);
    begin = std::chrono::steady_clock::now();
    OrDie(oracle.EvaluateEdits(request));
    const double second = SecondsSince(begin);
    if (round == 0) continue;  // the layers are compiled
    inside += first;
    over_rpc += second;
  }
  const double edits = static_cast<double>(kRounds) * kBatch * request.kept_nodes_size();
  std::printf("%s: %.3g M layer edits/s inside, %.3g M over RPC: %.0f %%\n", protocol,
              edits / inside * 1e-6, edits / over_rpc * 1e-6, 100 * inside / over_rpc);
}

// Median of the time that the server itself says it took.
void RunTotals(service::InProcessService& service, const char* model, const char* protocol) {
  client::Client oracle(service.channel());
  v1::GraphSource source;
  source.set_onnx(ReadFile((std::string("data/models/") + model + ".onnx").c_str()));
  v1::EstimateRequest request = Question(protocol);
  request.mutable_graph()->set_model(OrDie(oracle.Register(source)));
  const auto stub = v1::CostOracle::NewStub(service.channel());
  std::vector<int> micros;
  for (int call = 0; call < 2000; ++call) {
    grpc::ClientContext context;
    v1::Estimate estimate;
    if (!stub->Estimate(&context, request, &estimate).ok()) std::exit(1);
    const auto found = context.GetServerTrailingMetadata().find("picost-server-time-us");
    micros.push_back(std::atoi(std::string(found->second.data(), found->second.size()).c_str()));
  }
  std::sort(micros.begin(), micros.end());
  std::printf("%s, %s, registered, totals: server time %d us median, %d us at 90 %%\n", model,
              protocol, micros[micros.size() / 2], micros[micros.size() * 9 / 10]);
}

void RunFirst(service::InProcessService& service) {
  client::Client oracle(service.channel());
  v1::EstimateRequest request = Question("cheetah");
  request.mutable_graph()->set_onnx(ReadFile("data/models/resnet50_224.onnx"));
  std::vector<double> seconds;
  for (int call = 0; call < 21; ++call) {  // inline models are read anew every time
    const auto begin = std::chrono::steady_clock::now();
    OrDie(oracle.Estimate(request));
    seconds.push_back(SecondsSince(begin));
  }
  std::sort(seconds.begin(), seconds.end());
  std::printf("resnet50_224 inline without weights: %.2f ms median of %zu, whole call\n",
              1e3 * seconds[seconds.size() / 2], seconds.size());
}

// 49 layers x 64 levels: the table is made and the budget solved in one call.
void RunBudget(service::InProcessService& service) {
  client::Client oracle(service.channel());
  v1::GraphSource source;
  source.set_onnx(ReadFile("data/models/resnet50_224.onnx"));
  v1::EstimateRequest base = Question("cheetah");
  v1::SolveBudgetRequest request;
  request.mutable_graph()->set_model(OrDie(oracle.Register(source)));
  *base.mutable_graph() = request.graph();
  *request.mutable_protocol() = base.protocol();
  *request.mutable_deployment() = base.deployment();
  request.set_levels(64);
  const double online = OrDie(oracle.Estimate(base)).online().latency_seconds().p50();
  for (const double share : {0.90, 0.94, 0.98}) {
    request.mutable_budget()->set_online_seconds(share * online);
    std::vector<double> seconds;
    double value = 0, bound = 0;
    for (int call = 0; call < 11; ++call) {
      const auto begin = std::chrono::steady_clock::now();
      const auto response = OrDie(oracle.SolveBudget(request));
      seconds.push_back(SecondsSince(begin));
      value = response.best().total_importance();
      bound = response.best().importance_bound();
    }
    std::sort(seconds.begin(), seconds.end());
    std::printf(
        "SolveBudget, resnet50_224, cheetah, %.0f %% of the time: %.1f ms, value at least "
        "%.2f %% of the optimum\n",
        100 * share, 1e3 * seconds[seconds.size() / 2], 100 * value / bound);
  }
}

}  // namespace
}  // namespace picost

int main() {
  const auto service = picost::OrDie(picost::service::InProcessService::Start("data"));
  picost::RunEdits(*service, "delphi");
  picost::RunEdits(*service, "cheetah");
  picost::RunTotals(*service, "resnet18_cifar", "delphi");
  picost::RunTotals(*service, "resnet18_cifar", "cheetah");
  picost::RunTotals(*service, "resnet50_224", "cheetah");
  picost::RunFirst(*service);
  picost::RunBudget(*service);
}
