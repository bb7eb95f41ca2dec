// How fast edits are, against the targets of "the oracle that a search loop would
// use". Ratios within one run; absolute rates are of the machine it runs on.
//
//   bazel run --config=opt //tests/bench:whatif_rates
#include <benchmark/benchmark.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "estimator/cost/data_directory.h"
#include "estimator/cost/deployment.h"
#include "estimator/estimator.h"
#include "estimator/graph/graph.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/session.h"
#include "estimator/whatif/solve_budget.h"
#include "tests/support/graphs.h"

namespace picost::whatif {
namespace {

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::fprintf(stderr, "whatif_rates: %s\n", value.status().ToString().c_str());
    std::exit(1);
  }
  return *std::move(value);
}

const char* const kProtocols[] = {"delphi", "cheetah"};

std::unique_ptr<EditSession> MakeSession(const std::string& protocol) {
  static const auto data = OrDie(cost::DataDirectory::Load("data"));
  const auto graph = std::make_shared<const graph::Graph>(testing_support::ResNet18Cifar());
  return OrDie(EditSession::Create(graph, {.id = protocol}, OrDie(data->FindDeployment("lan"))));
}

// Candidates that set every activation's count, on a grid of `levels` counts.
std::vector<std::vector<EditOperation>> Candidates(const EditSession& session, int levels,
                                                   int count) {
  std::mt19937 random(1);
  const std::vector<LayerChoices> grid = CountGrid(session, levels);
  std::vector<std::vector<EditOperation>> candidates(count);
  for (auto& candidate : candidates) {
    for (const LayerChoices& layer : grid) {
      // Not 0: removing an activation makes another variant of the network.
      candidate.push_back(layer.operations[1 + random() % (layer.operations.size() - 1)]);
    }
  }
  return candidates;
}

void Run(benchmark::State& state, int levels, int warm) {
  const auto session = MakeSession(kProtocols[state.range(0)]);
  const auto candidates = Candidates(*session, levels, 1000);
  for (int i = 0; i < warm; ++i) OrDie(session->Evaluate(candidates[i]));
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(OrDie(session->Evaluate(candidates[next])));
    next = (next + 1) % candidates.size();
  }
  state.SetLabel(kProtocols[state.range(0)]);
  state.counters["layer_edits_per_second"] =
      benchmark::Counter(static_cast<double>(state.iterations() * session->activations().size()),
                         benchmark::Counter::kIsRate);
}

// Counts that a search has asked for before.
void BM_EditsOfKnownCounts(benchmark::State& state) { Run(state, 65, 1000); }
BENCHMARK(BM_EditsOfKnownCounts)->Arg(0)->Arg(1);

// Every count is new: the layers are planned.
void BM_EditsOfNewCounts(benchmark::State& state) {
  const auto session = MakeSession(kProtocols[state.range(0)]);
  const std::vector<LayerChoices> grid = CountGrid(*session, 2);
  int64_t next = 1;
  for (auto _ : state) {
    std::vector<EditOperation> candidate;
    for (const LayerChoices& layer : grid) {
      candidate.push_back(KeepRelus{.node = layer.node, .count = 1 + next % 8000});
    }
    ++next;
    benchmark::DoNotOptimize(OrDie(session->Evaluate(candidate)));
  }
  state.SetLabel(kProtocols[state.range(0)]);
  state.counters["layer_edits_per_second"] = benchmark::Counter(
      static_cast<double>(state.iterations() * grid.size()), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_EditsOfNewCounts)->Arg(0)->Arg(1)->Iterations(7000);

void BM_FromScratch(benchmark::State& state) {
  const auto session = MakeSession(kProtocols[state.range(0)]);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        OrDie(EstimateModel(session->base(), session->protocol(), session->deployment())));
  }
  state.SetLabel(kProtocols[state.range(0)]);
}
BENCHMARK(BM_FromScratch)->Arg(0)->Arg(1);

// The masks of a ResNet-18: 557,056 bits.
std::string Mask() {
  std::mt19937 random(2);
  std::string mask(557'056 / 8, '\0');
  for (char& byte : mask) byte = static_cast<char>(random());
  return mask;
}

void BM_CountBits(benchmark::State& state) {
  const std::string mask = Mask();
  for (auto _ : state) benchmark::DoNotOptimize(CountBits(mask));
}
BENCHMARK(BM_CountBits);

void BM_PopcountOverMemory(benchmark::State& state) {
  const std::string mask = Mask();
  for (auto _ : state) {
    int64_t bits = 0;
    for (size_t i = 0; i < mask.size(); i += sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, mask.data() + i, sizeof(word));
      bits += std::popcount(word);
    }
    benchmark::DoNotOptimize(bits);
  }
}
BENCHMARK(BM_PopcountOverMemory);

void BM_SolveBudget(benchmark::State& state) {
  const auto session = MakeSession(kProtocols[state.range(0)]);
  auto solver = OrDie(BudgetSolver::Create(session.get(), ValueByCount(*session, 64)));
  const double base = solver.table().base[static_cast<size_t>(Metric::kOnlineSeconds)];
  const double least = solver.LeastCost(Metric::kOnlineSeconds);
  double gap = 0;
  for (auto _ : state) {
    gap = OrDie(solver.Solve(Metric::kOnlineSeconds, 0.5 * (base + least))).Gap();
  }
  state.SetLabel(kProtocols[state.range(0)]);
  state.counters["gap"] = gap;
}
BENCHMARK(BM_SolveBudget)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

// 50 layers x 64 levels.
void BM_Knapsack(benchmark::State& state) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<std::vector<Option>> groups(50);
  double most = 0;
  for (auto& group : groups) {
    const double slope = 0.2 + unit(random), curve = 1 + 4 * unit(random);
    for (int i = 0; i < 64; ++i) {
      group.push_back({.cost = slope * i + unit(random), .value = curve * i / (8 + i)});
    }
    most += 64 * slope;
  }
  double share = 0;
  for (auto _ : state) {
    const double value = OrDie(OrDie(MultipleChoice::Create(groups)).Solve(0.3 * most)).value;
    share = value / OrDie(OrDie(MultipleChoice::Create(groups)).Bound(0.3 * most));
  }
  state.counters["value_over_bound"] = share;
}
BENCHMARK(BM_Knapsack)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace picost::whatif

BENCHMARK_MAIN();
