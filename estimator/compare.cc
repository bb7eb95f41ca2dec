#include "estimator/compare.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/break_even.h"
#include "estimator/cost/compose.h"
#include "estimator/cost/uncertainty.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/node_attributes.h"
#include "estimator/whatif/graph_edit.h"

namespace picost {
namespace {

using primitives::Phase;
using Phases = std::array<cost::PhaseCost, primitives::kPhaseCount>;

// ReLUs are kept in units of 1/4096 of each layer.
constexpr int64_t kReluSteps = 4096;

std::vector<Phase> PhasesOf(CompareMetric metric) {
  if (metric == CompareMetric::kOnline) return {Phase::kOnline};
  return {Phase::kOffline, Phase::kOnline};
}

// Phases of one protocol mostly use different fits: their errors are taken as
// independent.
std::optional<Interval> SecondsOf(const Phases& phases, CompareMetric metric) {
  double point = 0;
  cost::HalfWidthSum halves;
  double level = 1;
  for (const Phase phase : PhasesOf(metric)) {
    const std::optional<Interval>& part = phases[static_cast<int>(phase)].latency_seconds;
    if (!part.has_value()) return std::nullopt;
    point += part->p50;
    halves.Add(cost::HalfWidthsOf(*part));
    level = std::min(level, part->level);
  }
  return cost::MakeInterval(point, halves.Root(), level);
}

std::optional<double> PointOf(const absl::StatusOr<Phases>& phases, CompareMetric metric) {
  if (!phases.ok()) return std::nullopt;
  const std::optional<Interval> seconds = SecondsOf(*phases, metric);
  if (!seconds.has_value()) return std::nullopt;
  return seconds->p50;
}

// The plan of one protocol, and those of the network with fewer ReLUs.
class Planner {
 public:
  Planner(const graph::Graph* graph, const ProtocolChoice* protocol)
      : graph_(graph), protocol_(protocol) {}

  const absl::StatusOr<cost::CallPlan>& Whole() { return At(kReluSteps); }

  // Of the network that keeps `step` / kReluSteps of each layer's ReLUs.
  const absl::StatusOr<cost::CallPlan>& At(int64_t step) {
    const auto found = plans_.find(step);
    if (found != plans_.end()) return found->second;
    return plans_.emplace(step, Plan(step)).first->second;
  }

 private:
  absl::StatusOr<cost::CallPlan> Plan(int64_t step) const {
    if (step == kReluSteps) return PlanCalls(*graph_, *protocol_);
    const count::OpCounts counts = count::CountOps(*graph_);
    whatif::GraphEdit edit{.base = graph_->fingerprint()};
    for (size_t id = 0; id < graph_->nodes().size(); ++id) {
      const graph::Node& node = graph_->nodes()[id];
      const int64_t relus = counts.by_node[id].relu_elements;
      if (relus == 0 || !std::holds_alternative<graph::Activation>(node.attributes)) continue;
      // relus < 2^51: the graph's limits.
      edit.operations.push_back(
          whatif::KeepRelus{.node = node.name, .count = relus * step / kReluSteps});
    }
    PICOST_ASSIGN_OR_RETURN(const graph::Graph thinner, whatif::ApplyEdit(*graph_, edit));
    return PlanCalls(thinner, *protocol_);
  }

  const graph::Graph* graph_;
  const ProtocolChoice* protocol_;
  std::map<int64_t, absl::StatusOr<cost::CallPlan>> plans_;
};

ComparedCell Evaluate(const absl::StatusOr<cost::CallPlan>& plan,
                      const cost::Deployment& deployment, CompareMetric metric) {
  ComparedCell cell;
  cell.status = plan.status();
  if (!plan.ok()) return cell;
  absl::StatusOr<cost::Estimate> estimate = cost::Compose(*plan, deployment);
  cell.status = estimate.status();
  if (!estimate.ok()) return cell;
  cell.seconds = SecondsOf(estimate->phases, metric);
  cell.phases = estimate->phases;
  cell.missing = std::move(estimate->missing);
  cell.extrapolated = estimate->extrapolated;
  cell.bottleneck = std::move(estimate->bottleneck);
  return cell;
}

// Seconds of one protocol as functions of what is varied.
class Curves {
 public:
  Curves(Planner* planner, const cost::Deployment* deployment, CompareMetric metric)
      : planner_(planner), deployment_(deployment), metric_(metric) {}

  std::optional<double> AtRoundTrip(double seconds) const {
    cost::Deployment other = *deployment_;
    other.network.round_trip_seconds = seconds;
    return Seconds(planner_->Whole(), other);
  }
  std::optional<double> AtBandwidth(double factor) const {
    cost::Deployment other = *deployment_;
    other.network.client_to_server_bytes_per_second *= factor;
    other.network.server_to_client_bytes_per_second *= factor;
    return Seconds(planner_->Whole(), other);
  }
  std::optional<double> AtReluStep(double step) const {
    return Seconds(planner_->At(static_cast<int64_t>(step)), *deployment_);
  }

 private:
  std::optional<double> Seconds(const absl::StatusOr<cost::CallPlan>& plan,
                                const cost::Deployment& deployment) const {
    if (!plan.ok()) return std::nullopt;
    return PointOf(cost::ComposeTotals(*plan, deployment), metric_);
  }

  Planner* planner_;
  const cost::Deployment* deployment_;
  CompareMetric metric_;
};

// Remembers what a curve was on the grid: every pair of protocols asks for it.
Curve Remember(Curve curve) {
  return [curve = std::move(curve),
          known = std::make_shared<std::map<double, std::optional<double>>>()](double at) {
    const auto found = known->find(at);
    if (found != known->end()) return found->second;
    return known->emplace(at, curve(at)).first->second;
  };
}

struct Varied {
  BreakEvenQuantity quantity;
  std::vector<double> grid;
  std::vector<Curve> curves;  // by protocol
};

// An even share of the ReLUs: a power of two below a sixteenth, then sixteenths.
std::vector<double> ReluGrid() {
  std::vector<double> grid;
  for (int64_t step = 1; step < kReluSteps / 16; step *= 2) {
    grid.push_back(static_cast<double>(step));
  }
  for (int64_t part = 1; part <= 16; ++part) {
    grid.push_back(static_cast<double>(kReluSteps / 16 * part));
  }
  return grid;
}

void AddBreakEvens(size_t deployment, const std::vector<Varied>& quantities,
                   const std::vector<bool>& priced, int64_t relus, Comparison& comparison) {
  for (size_t a = 0; a < priced.size(); ++a) {
    for (size_t b = a + 1; b < priced.size(); ++b) {
      if (!priced[a] || !priced[b]) continue;
      for (const Varied& quantity : quantities) {
        for (const Crossing& crossing :
             FindCrossings(quantity.grid, quantity.curves[a], quantity.curves[b])) {
          double value = crossing.value;
          if (quantity.quantity == BreakEvenQuantity::kReluElements) {
            value = std::floor(crossing.value) / static_cast<double>(kReluSteps) *
                    static_cast<double>(relus);
          }
          comparison.break_evens.push_back({.deployment = deployment,
                                            .first = crossing.first_is_lower_below ? a : b,
                                            .second = crossing.first_is_lower_below ? b : a,
                                            .quantity = quantity.quantity,
                                            .value = value});
        }
      }
    }
  }
}

absl::Status Refuse(const char* what, const char* field, const char* mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, what, {.field = field, .mend = mend});
}

}  // namespace

absl::StatusOr<Comparison> CompareDeployments(const graph::Graph& graph,
                                              const std::vector<ProtocolChoice>& protocols,
                                              const std::vector<cost::Deployment>& deployments,
                                              CompareMetric metric) {
  if (protocols.empty()) return Refuse("no protocol", "protocols", "Name at least one.");
  if (deployments.empty()) return Refuse("no deployment", "deployments", "Name at least one.");
  std::vector<Planner> planners;
  for (const ProtocolChoice& protocol : protocols) planners.emplace_back(&graph, &protocol);
  const int64_t relus = count::CountOps(graph).total.relu_elements;

  Comparison comparison;
  for (size_t d = 0; d < deployments.size(); ++d) {
    std::vector<bool> priced;
    std::optional<size_t> fastest;
    double least = 0;
    std::vector<Varied> quantities = {
        {BreakEvenQuantity::kRoundTripSeconds, DecadeGrid(1e-5, 1, 4), {}},
        {BreakEvenQuantity::kBandwidthFactor, DecadeGrid(1e-3, 1e3, 4), {}}};
    if (relus > 0) quantities.push_back({BreakEvenQuantity::kReluElements, ReluGrid(), {}});
    for (size_t p = 0; p < protocols.size(); ++p) {
      ComparedCell cell = Evaluate(planners[p].Whole(), deployments[d], metric);
      cell.protocol = p;
      cell.deployment = d;
      priced.push_back(cell.seconds.has_value());
      if (cell.seconds.has_value() && (!fastest.has_value() || cell.seconds->p50 < least)) {
        fastest = p;
        least = cell.seconds->p50;
      }
      comparison.cells.push_back(std::move(cell));
      const Curves curves(&planners[p], &deployments[d], metric);
      quantities[0].curves.push_back(
          Remember([curves](double at) { return curves.AtRoundTrip(at); }));
      quantities[1].curves.push_back(
          Remember([curves](double at) { return curves.AtBandwidth(at); }));
      if (relus > 0) {
        quantities[2].curves.push_back(
            Remember([curves](double at) { return curves.AtReluStep(at); }));
      }
    }
    comparison.fastest.push_back(fastest);
    AddBreakEvens(d, quantities, priced, relus, comparison);
  }
  return comparison;
}

}  // namespace picost
