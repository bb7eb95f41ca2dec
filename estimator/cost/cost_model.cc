#include "estimator/cost/cost_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/conformal.h"
#include "estimator/cost/overlap.h"
#include "estimator/primitives/catalog.h"

namespace picost::cost {
namespace {

using primitives::Executor;
using primitives::Parameters;
using primitives::PrimitiveSpec;

// Repetitions of one shape scatter by 4 to 8 % between processes on the machine
// measured, more than within one.
constexpr double kSessionRelativeStddev = 0.05;

// Samples were taken on these links where the link itself costs nothing; time
// on others holds transfer and flights, which are composed, never fitted.
bool IsComputeOnly(const std::string& network) { return network == "lo" || network == "none"; }

Parameters Matched(const PrimitiveSpec& spec, const Parameters& parameters) {
  Parameters matched;
  for (const primitives::ParameterSpec& parameter : spec.parameters) {
    if (parameter.must_match && parameters.Has(parameter.name)) {
      matched.Set(parameter.name, parameters.Get(parameter.name));
    }
  }
  return matched;
}

std::string GroupKey(const PrimitiveSpec& spec, Executor executor, const Parameters& matched) {
  return absl::StrCat(spec.cost_group.empty() ? spec.id : spec.cost_group, "|",
                      std::string(primitives::ExecutorName(executor)), "|", matched.DebugString());
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : 0.5 * (values[middle - 1] + values[middle]);
}

// Repetitions of one shape while they are gathered.
struct Repetitions {
  const PrimitiveSpec* spec = nullptr;
  Parameters parameters;
  int64_t count = 0;
  std::vector<int64_t> usage;
  std::vector<int64_t> least_call_usage;
  std::vector<double> seconds;
  bool nested = false;
};

// (group key) -> (shape key) -> repetitions; ordered, so that sums are.
using ShapeMap = std::map<std::string, Repetitions>;
struct GroupSamples {
  const PrimitiveSpec* spec = nullptr;
  Executor executor = Executor::kJoint;
  Parameters matched;
  ShapeMap shapes;
};
using GroupMap = std::map<std::string, GroupSamples>;

absl::StatusOr<primitives::PrimitiveCall> CallOf(const Sample& sample, std::string_view primitive,
                                                 const Parameters& parameters, int64_t count) {
  absl::StatusOr<primitives::PrimitiveCall> call = primitives::MakeCall(
      primitive, parameters, count, primitives::Phase::kOnline, sample.executor);
  if (call.ok()) return call;
  return MakeError(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat("sample of line ", sample.line, ": ", std::string(call.status().message())),
      {.mend = "Correct the table."});
}

// A sample taken apart: the calls of its own group summed up (a phase of a whole
// network is many calls of one primitive), and what else ran inside.
struct Parts {
  primitives::PrimitiveCall host;  // usage: the sum
  std::vector<int64_t> least_call_usage;
  std::vector<const NestedUse*> others;
};

absl::StatusOr<Parts> TakeApart(const Sample& sample) {
  Parts parts;
  PICOST_ASSIGN_OR_RETURN(parts.host,
                          CallOf(sample, sample.primitive, sample.parameters, sample.count));
  const Parameters matched = Matched(*parts.host.spec, sample.parameters);
  parts.least_call_usage = parts.host.usage;
  // Nobody says how small the smallest call was.
  if (sample.sum) parts.least_call_usage.assign(parts.host.usage.size(), 0);
  for (const NestedUse& use : sample.nested) {
    if (use.primitive != sample.primitive ||
        !(Matched(*parts.host.spec, use.parameters) == matched)) {
      parts.others.push_back(&use);
      continue;
    }
    PICOST_ASSIGN_OR_RETURN(const primitives::PrimitiveCall call,
                            CallOf(sample, use.primitive, use.parameters, use.count));
    for (size_t i = 0; i < call.usage.size(); ++i) {
      parts.host.usage[i] += call.usage[i];
      parts.least_call_usage[i] = std::min(parts.least_call_usage[i], call.usage[i]);
    }
  }
  return parts;
}

void AddSample(const primitives::PrimitiveCall& call, const std::vector<int64_t>& least_call_usage,
               double seconds, bool nested, GroupMap& groups) {
  const Parameters matched = Matched(*call.spec, call.parameters);
  GroupSamples& group = groups[GroupKey(*call.spec, call.executor, matched)];
  group.spec = call.spec;
  group.executor = call.executor;
  group.matched = matched;
  std::string key =
      absl::StrCat(call.spec->id, "|", call.parameters.DebugString(), "|", call.count);
  for (const int64_t item : call.usage) absl::StrAppend(&key, "|", item);
  Repetitions& shape = group.shapes[key];
  shape.spec = call.spec;
  shape.parameters = call.parameters;
  shape.count = call.count;
  shape.usage = call.usage;
  shape.least_call_usage = least_call_usage;
  shape.nested = nested;
  shape.seconds.push_back(seconds);
}

FitGroup FitOne(std::string key, const GroupSamples& samples) {
  FitGroup group;
  group.key = std::move(key);
  group.spec = samples.spec;
  group.executor = samples.executor;
  group.matched = samples.matched;
  for (const auto& [name, repetitions] : samples.shapes) {
    ShapePoint point;
    point.spec = repetitions.spec;
    point.parameters = repetitions.parameters;
    point.count = repetitions.count;
    point.usage = repetitions.usage;
    point.least_call_usage = repetitions.least_call_usage;
    point.nested = repetitions.nested;
    point.seconds = repetitions.seconds;
    point.repetitions = static_cast<int64_t>(repetitions.seconds.size());
    point.median_seconds = Median(repetitions.seconds);
    double squares = 0;
    for (const double s : repetitions.seconds) {
      squares += (s - point.median_seconds) * (s - point.median_seconds);
    }
    if (point.repetitions > 1 && point.median_seconds > 0) {
      point.relative_spread =
          std::sqrt(squares / static_cast<double>(point.repetitions - 1)) / point.median_seconds;
    }
    group.sample_count += point.repetitions;
    // A derived time that is not positive carries no information.
    if (point.median_seconds > 0) group.shapes.push_back(std::move(point));
  }
  return group;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const CostModel>> CostModel::Fit(
    std::shared_ptr<const CalibrationTable> table, const std::vector<Discrepancy>& discrepancies,
    const std::vector<NetworkProfile>& networks) {
  GroupMap groups;
  for (const Sample& sample : table->samples) {
    if (!IsComputeOnly(sample.network) || !sample.comparable) continue;
    PICOST_ASSIGN_OR_RETURN(const Parts parts, TakeApart(sample));
    if (!parts.others.empty()) continue;
    AddSample(parts.host, parts.least_call_usage, sample.wall.value(), false, groups);
  }
  auto model = std::shared_ptr<CostModel>(new CostModel());
  model->table_ = table;
  const auto fit_all = [&model](const GroupMap& map) {
    for (const auto& [key, samples] : map) {
      FitGroup group = FitOne(key, samples);
      if (group.shapes.empty()) continue;
      FitCoefficients(group);
      model->groups_.push_back(std::move(group));
    }
  };
  fit_all(groups);

  // Second pass: what ran inside other measurements is what is left of their
  // time when the fitted host is taken out.
  GroupMap nested;
  for (const Sample& sample : table->samples) {
    if (!IsComputeOnly(sample.network) || !sample.comparable || sample.nested.empty()) continue;
    PICOST_ASSIGN_OR_RETURN(const Parts parts, TakeApart(sample));
    if (parts.others.size() != 1) continue;
    const FitGroup* group = model->Find(parts.host);
    if (group == nullptr) continue;
    const NestedUse& use = *parts.others.front();
    PICOST_ASSIGN_OR_RETURN(const primitives::PrimitiveCall call,
                            CallOf(sample, use.primitive, use.parameters, use.count));
    AddSample(call, call.usage, sample.wall.value() - group->Point(parts.host.usage), true, nested);
  }
  // A primitive that was also measured by itself keeps its own samples.
  for (auto it = nested.begin(); it != nested.end();) {
    it = groups.count(it->first) > 0 ? nested.erase(it) : std::next(it);
  }
  fit_all(nested);

  const auto find_network = [&networks](const std::string& id) -> const NetworkProfile* {
    const auto found = std::find_if(networks.begin(), networks.end(),
                                    [&id](const auto& profile) { return profile.id == id; });
    return found == networks.end() ? nullptr : &*found;
  };
  std::map<const FitGroup*, OverlapFit> overlaps;
  for (const Sample& sample : table->samples) {
    const NetworkProfile* network = find_network(sample.network);
    if (network == nullptr || IsComputeOnly(sample.network) || !sample.comparable ||
        !sample.nested.empty()) {
      continue;
    }
    PICOST_ASSIGN_OR_RETURN(const Parts parts, TakeApart(sample));
    const FitGroup* group = model->Find(parts.host);
    if (group == nullptr || group->executor != sample.executor) continue;
    overlaps[group].Add(*group, parts.host, sample.wall.value(), *network);
  }
  for (FitGroup& group : model->groups_) group.overlap = overlaps[&group].Overlap();

  // Seconds of layers that the fits have not seen, by group.
  std::map<const FitGroup*, std::vector<const Discrepancy*>> layers;
  for (const Discrepancy& layer : discrepancies) {
    if (find_network(layer.sample.network) == nullptr && !IsComputeOnly(layer.sample.network)) {
      continue;
    }
    PICOST_ASSIGN_OR_RETURN(const Parts parts, TakeApart(layer.sample));
    if (!parts.others.empty()) continue;
    if (const FitGroup* group = model->Find(parts.host); group != nullptr) {
      layers[group].push_back(&layer);
    }
  }
  std::vector<ConformalScores> scores;
  ConformalScores all;
  for (FitGroup& group : model->groups_) {
    group.session_relative_stddev = table->origin == Origin::kMeasured ? kSessionRelativeStddev : 0;
    scores.emplace_back(group);
    if (const auto it = layers.find(&group); it != layers.end()) {
      for (const Discrepancy* layer : it->second) {
        PICOST_ASSIGN_OR_RETURN(const Parts parts, TakeApart(layer->sample));
        scores.back().AddLayer(layer->run, parts.host, layer->sample.wall.value(),
                               find_network(layer->sample.network));
      }
    }
    all.Merge(scores.back());
  }
  for (size_t i = 0; i < scores.size(); ++i) scores[i].Finish(all, model->groups_[i]);
  return model;
}

std::shared_ptr<const CostModel> CostModel::FromGroups(
    std::shared_ptr<const CalibrationTable> table, std::vector<FitGroup> groups) {
  auto model = std::shared_ptr<CostModel>(new CostModel());
  model->table_ = std::move(table);
  model->groups_ = std::move(groups);
  return model;
}

const FitGroup* CostModel::Find(const primitives::PrimitiveCall& call) const {
  const Parameters matched = Matched(*call.spec, call.parameters);
  const auto find = [&](Executor executor) -> const FitGroup* {
    const std::string key = GroupKey(*call.spec, executor, matched);
    for (const FitGroup& group : groups_) {
      if (group.key == key && group.Covers(call.usage)) return &group;
    }
    return nullptr;
  };
  const Executor order[3][3] = {
      {Executor::kClient, Executor::kServer, Executor::kClient},  // a call of the client
      {Executor::kServer, Executor::kClient, Executor::kServer},
      {Executor::kJoint, Executor::kClient, Executor::kJoint},
  };
  for (const Executor executor : order[static_cast<int>(call.executor)]) {
    if (const FitGroup* group = find(executor); group != nullptr) return group;
  }
  return nullptr;
}

}  // namespace picost::cost
