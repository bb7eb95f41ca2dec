// Dynamic programming over buckets of cost: state (group, bucket) holds the most
// valuable partial selection whose exact cost falls into the bucket. Costs are never
// rounded, so that what comes out meets the budget exactly; what is given up is that
// of two partial selections in one bucket only the more valuable one goes on. The
// greedy walk along the convex hulls is a second candidate, and the hulls' linear
// program bounds what any method could reach (Sinha and Zoltners, "The multiple-choice
// knapsack problem", Operations Research 27, 1979).
#include "estimator/whatif/knapsack.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::whatif {
namespace {

constexpr int32_t kBuckets = 4096;
constexpr double kNothing = -std::numeric_limits<double>::infinity();

// An option that no other one of its group dominates; cost above the group's least.
struct Point {
  double cost = 0;
  double value = 0;
  int32_t option = 0;
};

// A step from one hull point to the next.
struct Step {
  int32_t group = 0;
  double cost = 0;
  double value = 0;
  int32_t option = 0;
};

struct Prepared {
  std::vector<std::vector<Point>> points;  // by group: ascending in cost and value
  double least_cost = 0;
  double room = 0;  // budget - least_cost
};

std::vector<Point> Undominated(const std::vector<Option>& options, double least) {
  std::vector<Point> points;
  for (size_t i = 0; i < options.size(); ++i) {
    points.push_back({options[i].cost - least, options[i].value, static_cast<int32_t>(i)});
  }
  std::stable_sort(points.begin(), points.end(), [](const Point& a, const Point& b) {
    return a.cost != b.cost ? a.cost < b.cost : a.value > b.value;
  });
  std::vector<Point> kept;
  for (const Point& point : points) {
    if (kept.empty() || point.value > kept.back().value) kept.push_back(point);
  }
  return kept;
}

std::vector<Point> UpperHull(const std::vector<Point>& points) {
  std::vector<Point> hull;
  for (const Point& point : points) {
    while (hull.size() >= 2) {
      const Point& a = hull[hull.size() - 2];
      const Point& b = hull.back();
      // b lies below the line from a to the new point.
      if ((b.value - a.value) * (point.cost - a.cost) >
          (point.value - a.value) * (b.cost - a.cost)) {
        break;
      }
      hull.pop_back();
    }
    hull.push_back(point);
  }
  return hull;
}

absl::StatusOr<Prepared> Prepare(const std::vector<std::vector<Option>>& groups, double budget) {
  Prepared prepared;
  for (size_t g = 0; g < groups.size(); ++g) {
    double least = std::numeric_limits<double>::infinity();
    for (const Option& option : groups[g]) {
      if (!std::isfinite(option.cost) || !std::isfinite(option.value)) {
        return MakeError(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("an option of layer ", g, " is not finite"),
                         {.field = "value", .mend = "Give finite values"});
      }
      least = std::min(least, option.cost);
    }
    if (groups[g].empty()) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("layer ", g, " has no options"),
                       {.mend = "Give each layer at least one choice"});
    }
    prepared.points.push_back(Undominated(groups[g], least));
    prepared.least_cost += least;
  }
  prepared.room = budget - prepared.least_cost;
  if (!(prepared.room >= 0)) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the cheapest choices take ", prepared.least_cost, " of a budget of ", budget),
        {.field = "budget",
         .mend = "Raise the budget, or offer cheaper choices (removed activations)"});
  }
  return prepared;
}

// Hull steps of all groups, the most value per cost first.
std::vector<Step> SortedSteps(const Prepared& prepared) {
  std::vector<Step> steps;
  for (size_t g = 0; g < prepared.points.size(); ++g) {
    const std::vector<Point> hull = UpperHull(prepared.points[g]);
    for (size_t i = 1; i < hull.size(); ++i) {
      steps.push_back({static_cast<int32_t>(g), hull[i].cost - hull[i - 1].cost,
                       hull[i].value - hull[i - 1].value, hull[i].option});
    }
  }
  std::stable_sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return a.value * b.cost > b.value * a.cost;
  });
  return steps;
}

Selection Add(const std::vector<std::vector<Option>>& groups, std::vector<int32_t> chosen) {
  Selection selection{.chosen = std::move(chosen)};
  for (size_t g = 0; g < groups.size(); ++g) {
    selection.cost += groups[g][selection.chosen[g]].cost;
    selection.value += groups[g][selection.chosen[g]].value;
  }
  return selection;
}

std::vector<int32_t> Greedy(const Prepared& prepared) {
  std::vector<int32_t> chosen;
  for (const auto& points : prepared.points) chosen.push_back(points.front().option);
  std::vector<bool> stopped(prepared.points.size(), false);
  double room = prepared.room;
  for (const Step& step : SortedSteps(prepared)) {
    // A later step of a group whose earlier one did not fit cannot be taken alone.
    if (stopped[step.group] || step.cost > room) {
      stopped[step.group] = true;
      continue;
    }
    room -= step.cost;
    chosen[step.group] = step.option;
  }
  return chosen;
}

std::vector<int32_t> ByBuckets(const Prepared& prepared) {
  const size_t count = prepared.points.size();
  const double width = prepared.room > 0 ? prepared.room / kBuckets : 1;
  const auto bucket_of = [width](double cost) {
    return std::min(kBuckets, static_cast<int32_t>(cost / width));
  };
  std::vector<double> value(kBuckets + 1, kNothing), cost(kBuckets + 1, 0);
  std::vector<double> next_value(kBuckets + 1), next_cost(kBuckets + 1);
  struct From {
    int32_t bucket = 0;
    int32_t option = 0;
  };
  std::vector<std::vector<From>> from(count, std::vector<From>(kBuckets + 1));
  value[0] = 0;
  for (size_t g = 0; g < count; ++g) {
    std::fill(next_value.begin(), next_value.end(), kNothing);
    for (int32_t b = 0; b <= kBuckets; ++b) {
      if (value[b] == kNothing) continue;
      for (const Point& point : prepared.points[g]) {
        const double sum = cost[b] + point.cost;
        if (sum > prepared.room) break;  // ascending in cost
        const int32_t to = bucket_of(sum);
        const double reached = value[b] + point.value;
        if (reached > next_value[to] || (reached == next_value[to] && sum < next_cost[to])) {
          next_value[to] = reached;
          next_cost[to] = sum;
          from[g][to] = {b, point.option};
        }
      }
    }
    value.swap(next_value);
    cost.swap(next_cost);
  }
  int32_t best = 0;
  for (int32_t b = 0; b <= kBuckets; ++b) {
    if (value[b] > value[best]) best = b;
  }
  std::vector<int32_t> chosen(count, 0);
  for (size_t g = count; g-- > 0;) {
    chosen[g] = from[g][best].option;
    best = from[g][best].bucket;
  }
  return chosen;
}

}  // namespace

absl::StatusOr<Selection> SolveMultipleChoice(const std::vector<std::vector<Option>>& groups,
                                              double budget) {
  PICOST_ASSIGN_OR_RETURN(const Prepared prepared, Prepare(groups, budget));
  Selection greedy = Add(groups, Greedy(prepared));
  Selection buckets = Add(groups, ByBuckets(prepared));
  return buckets.value > greedy.value ? buckets : greedy;
}

absl::StatusOr<double> ValueBound(const std::vector<std::vector<Option>>& groups, double budget) {
  PICOST_ASSIGN_OR_RETURN(const Prepared prepared, Prepare(groups, budget));
  double bound = 0;
  for (const auto& points : prepared.points) bound += points.front().value;
  double room = prepared.room;
  for (const Step& step : SortedSteps(prepared)) {
    if (step.cost <= room) {
      room -= step.cost;
      bound += step.value;
      continue;
    }
    return bound + step.value * (room / step.cost);
  }
  return bound;
}

}  // namespace picost::whatif
