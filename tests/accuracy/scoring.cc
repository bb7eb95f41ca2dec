#include "tests/accuracy/scoring.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "estimator/cost/call_plan.h"
#include "estimator/cost/compose.h"
#include "estimator/cost/conformal.h"
#include "estimator/cost/data_directory.h"
#include "estimator/cost/deployment.h"
#include "estimator/cost/uncertainty.h"

namespace picost::accuracy {
namespace {

using cost::FitGroup;
using primitives::Executor;
using primitives::Parameters;
using primitives::Phase;
using primitives::PrimitiveCall;

constexpr int64_t kFerretYield = 10'001'853;  // correlated OTs of one extension

template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::cerr << value.status() << "\n";
    std::abort();
  }
  return *std::move(value);
}

double StandardDeviation(const std::vector<double>& values, double center) {
  if (values.size() < 2) return 0;
  double squares = 0;
  for (const double value : values) squares += (value - center) * (value - center);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

void Summarise(Score& score) {
  score.median = Median(score.measured);
  score.spread = StandardDeviation(score.measured, score.median);
}

int64_t OutputSide(const Parameters& p, const char* side, const char* kernel, const char* before,
                   const char* after, const char* stride) {
  return (p.Get(side) + p.Get(before) + p.Get(after) - p.Get(kernel)) / p.Get(stride) + 1;
}

int64_t ConvolutionOutputs(const Parameters& p) {
  return p.Get("out_channels") *
         OutputSide(p, "height", "kernel_height", "pad_top", "pad_bottom", "stride_height") *
         OutputSide(p, "width", "kernel_width", "pad_left", "pad_right", "stride_width");
}

int64_t Macs(const PrimitiveCall& call) {
  const Parameters& p = call.parameters;
  if (p.Has("kernel_height")) {
    return ConvolutionOutputs(p) * p.Get("in_channels") * p.Get("kernel_height") *
           p.Get("kernel_width") * call.count;
  }
  if (p.Has("in_features")) return p.Get("in_features") * p.Get("out_features") * call.count;
  return 0;
}

bool IsRelu(const std::string& id) { return id.ends_with(".relu") || id.ends_with(".relu_trunc"); }

}  // namespace

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

double MeanAbsoluteError(const std::vector<Score>& scores) {
  double sum = 0;
  for (const Score& score : scores) sum += std::abs(score.Error());
  return scores.empty() ? 0 : sum / static_cast<double>(scores.size());
}

double MedianError(const std::vector<Score>& scores) {
  std::vector<double> errors;
  for (const Score& score : scores) errors.push_back(score.Error());
  return Median(errors);
}

double Score::MedianStandardError() const {
  return 1.2533 * spread / std::sqrt(static_cast<double>(measured.size()));
}

int64_t Score::Inside() const {
  int64_t inside = 0;
  for (const double seconds : measured) {
    inside += seconds >= interval.low && seconds <= interval.high ? 1 : 0;
  }
  return inside;
}

int64_t Elements(const primitives::PrimitiveSpec& spec, const Parameters& parameters,
                 int64_t count) {
  if (parameters.Has("kernel_height")) return ConvolutionOutputs(parameters);
  // A matrix: its products, since few outputs may stand for much work.
  if (parameters.Has("in_features")) {
    return parameters.Get("in_features") * parameters.Get("out_features");
  }
  if (parameters.Has("pixels")) return parameters.Get("pixels") * count;
  if (spec.id.ends_with("argmax")) return parameters.Get("width");
  return count;
}

std::vector<Score> ScoreShapes(const cost::CostModel& model) {
  std::vector<Score> scores;
  for (const FitGroup& group : model.groups()) {
    // What the server saw of a joint operation is kept for the record.
    if (group.spec->family == primitives::Family::kWholeProtocol &&
        group.executor == Executor::kServer) {
      continue;
    }
    const std::vector<std::optional<double>> predicted = cost::LeaveOneShapeOut(group);
    for (size_t i = 0; i < predicted.size(); ++i) {
      const cost::ShapePoint& shape = group.shapes[i];
      if (!predicted[i].has_value() || shape.nested) continue;
      Score score;
      score.backend = model.table().environment.backend;
      score.operation = shape.spec->id;
      score.network = "lo";
      score.shape = shape.parameters.DebugString() + " x " + std::to_string(shape.count);
      score.elements = Elements(*shape.spec, shape.parameters, shape.count);
      score.measured = shape.seconds;
      Summarise(score);
      score.predicted = *predicted[i];
      const double deviation =
          std::sqrt(group.CallVariance(shape.usage)) * score.predicted / group.Point(shape.usage);
      score.interval = cost::MakeInterval(
          score.predicted, {group.conformal.above * deviation, group.conformal.below * deviation},
          cost::kIntervalLevel);
      scores.push_back(std::move(score));
    }
  }
  return scores;
}

std::vector<RunPlan> PlanRuns(const std::vector<cost::RunLayer>& layers) {
  // (backend, run) -> layer -> its first row: all repetitions have the same shape.
  std::map<std::pair<std::string, std::string>, std::map<int64_t, const cost::RunLayer*>> runs;
  for (const cost::RunLayer& layer : layers) {
    runs[{layer.backend, layer.run}].emplace(layer.layer, &layer);
  }
  std::vector<RunPlan> plans;
  for (const auto& [key, by_layer] : runs) {
    RunPlan plan{.backend = key.first, .run = key.second};
    std::map<std::string, int64_t> used;  // of each pool, through the network
    bool divided = false;
    for (const auto& [number, layer] : by_layer) {
      std::vector<PrimitiveCall> calls;
      const auto add = [&](const std::string& id, const Parameters& parameters, int64_t count) {
        calls.push_back(
            OrDie(primitives::MakeCall(id, parameters, count, Phase::kOnline, Executor::kJoint)));
      };
      const cost::Sample& sample = layer->sample;
      // The first division of a connection sets its OTs up.
      const char* setup = sample.primitive == "cheetah.avgpool" ? "cheetah.division_setup"
                          : sample.primitive == "sci_field.avgpool" ||
                                  (sample.primitive.ends_with("trunc") && plan.backend == "sci_he")
                              ? "sci_field.division_setup"
                              : nullptr;
      if (setup != nullptr && !divided) {
        divided = true;
        add(setup, {}, 1);
      }
      add(sample.primitive, sample.parameters, sample.count);
      const PrimitiveCall main = calls.back();
      plan.macs += Macs(main);
      if (IsRelu(main.spec->id)) plan.relu_elements += main.count;
      for (const primitives::PoolUse& use : main.pools) {
        int64_t& total = used[use.pool];
        const int64_t extensions = (total + use.amount) / kFerretYield - total / kFerretYield;
        total += use.amount;
        if (extensions > 0) {
          add("cheetah.ferret_extension", {{"reversed", use.pool == "ferret_reversed" ? 1 : 0}},
              extensions);
        }
      }
      plan.layers.push_back(number);
      plan.calls.push_back(std::move(calls));
    }
    plans.push_back(std::move(plan));
  }
  return plans;
}

RunScores ScoreRuns(const std::string& data_path) {
  const std::vector<cost::RunLayer> layers =
      OrDie(cost::ReadRunLayers(data_path + "/runs/layers.csv"));
  const std::vector<cost::RunTotal> totals =
      OrDie(cost::ReadRunTotals(data_path + "/runs/networks.csv"));
  RunScores scores;
  for (const RunPlan& plan : PlanRuns(layers)) {
    const auto data = OrDie(cost::DataDirectory::Load(data_path, plan.run));
    cost::CallPlan calls;
    for (size_t i = 0; i < plan.calls.size(); ++i) {
      calls.layers.push_back({.node = std::to_string(plan.layers[i]), .calls = plan.calls[i]});
    }
    for (const char* link : {"lo", "lan", "wan1"}) {
      Score network{
          .backend = plan.backend, .operation = "network", .run = plan.run, .network = link};
      std::vector<double> up, down, flights;
      for (const cost::RunTotal& total : totals) {
        if (total.backend != plan.backend || total.run != plan.run || total.network != link) {
          continue;
        }
        network.measured.push_back(total.wall.value());
        up.push_back(static_cast<double>(total.traffic.client_to_server.value()));
        down.push_back(static_cast<double>(total.traffic.server_to_client.value()));
        flights.push_back(static_cast<double>(total.traffic.flights.value()));
      }
      if (network.measured.empty()) continue;
      Summarise(network);
      network.metered = {Bytes(static_cast<int64_t>(Median(up))),
                         Bytes(static_cast<int64_t>(Median(down))),
                         Flights(static_cast<int64_t>(Median(flights)))};
      cost::Deployment deployment{.id = link, .network = *data->FindNetwork(link)};
      for (const cost::NamedTable& table : data->tables()) {
        if (table.model->table().environment.backend == plan.backend) {
          deployment.client.tables[primitives::Family::kWholeProtocol].push_back(table.model);
        }
      }
      deployment.server = deployment.client;
      const cost::Estimate estimate = OrDie(cost::Compose(calls, deployment));
      const cost::PhaseCost& online = estimate.phases[static_cast<int>(Phase::kOnline)];
      if (!online.latency_seconds.has_value()) {
        std::cerr << plan.run << ": " << estimate.bottleneck << "\n";
        std::abort();
      }
      network.planned = online.traffic;
      network.predicted = online.latency_seconds->p50;
      network.interval = *online.latency_seconds;
      scores.networks.push_back(network);

      for (size_t i = 0; i < plan.calls.size(); ++i) {
        Score layer{
            .backend = plan.backend, .run = plan.run, .network = link, .layer = plan.layers[i]};
        const PrimitiveCall* main = nullptr;
        for (const PrimitiveCall& call : plan.calls[i]) {
          if (!call.spec->id.ends_with("_extension") && !call.spec->id.ends_with("_setup")) {
            main = &call;
          }
        }
        layer.operation = main->spec->id;
        layer.shape = main->parameters.DebugString() + " x " + std::to_string(main->count);
        layer.elements = Elements(*main->spec, main->parameters, main->count);
        for (const cost::RunLayer& row : layers) {
          if (row.backend == plan.backend && row.run == plan.run && row.layer == layer.layer &&
              row.sample.network == link) {
            layer.measured.push_back(row.sample.wall.value());
          }
        }
        if (layer.measured.empty()) continue;
        Summarise(layer);
        const Interval& interval = *estimate.layers[i].phases[2].latency_seconds;
        layer.predicted = interval.p50;
        layer.interval = interval;
        scores.layers.push_back(std::move(layer));
      }
    }
  }
  return scores;
}

}  // namespace picost::accuracy
