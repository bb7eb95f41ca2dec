// The linear program over the options' upper convex hulls (Sinha and Zoltners, "The
// multiple-choice knapsack problem", Operations Research 27, 1979) is solved by taking
// the hulls' steps in the order of value per cost; the step that no longer fits gives
// the price of room,
//
//   price = its value / its cost,
//
// and an option's loss is how much less value - price x cost it has than the best one of
// its group. Of any selection within the room,
//
//   value <= bound - sum of its losses,
//
// so that whatever has lost more than bound - incumbent is out. What is left goes
// through dynamic programming over buckets of cost: a state is the most valuable partial
// selection whose exact cost falls into the bucket. Costs are never rounded, so what
// comes out meets the budget exactly; what is given up is that of two partial selections
// in one bucket only the more valuable one goes on.
#include "estimator/whatif/knapsack.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::whatif {
namespace {

constexpr int32_t kBuckets = 2048;
// Of the bound: nearer to it than this is not searched for.
constexpr double kNear = 1e-4;
constexpr double kNothing = -std::numeric_limits<double>::infinity();

// Points of the upper convex hull, as indices.
template <typename Point>
std::vector<int32_t> UpperHull(const std::vector<Point>& points) {
  std::vector<int32_t> hull;
  for (size_t i = 0; i < points.size(); ++i) {
    while (hull.size() >= 2) {
      const Point& a = points[hull[hull.size() - 2]];
      const Point& b = points[hull.back()];
      // b lies below the line from a to the new point.
      if ((b.value - a.value) * (points[i].cost - a.cost) >
          (points[i].value - a.value) * (b.cost - a.cost)) {
        break;
      }
      hull.pop_back();
    }
    hull.push_back(static_cast<int32_t>(i));
  }
  return hull;
}

}  // namespace

absl::StatusOr<MultipleChoice> MultipleChoice::Create(
    const std::vector<std::vector<Option>>& groups) {
  MultipleChoice made;
  made.groups_ = groups;
  for (size_t g = 0; g < groups.size(); ++g) {
    if (groups[g].empty()) {
      return MakeError(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("layer ", g, " has no options"),
                       {.mend = "Give each layer at least one choice"});
    }
    double least = std::numeric_limits<double>::infinity();
    for (const Option& option : groups[g]) {
      if (!std::isfinite(option.cost) || !std::isfinite(option.value)) {
        return MakeError(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("an option of layer ", g, " is not finite"),
                         {.field = "value", .mend = "Give finite values"});
      }
      least = std::min(least, option.cost);
    }
    std::vector<Point> all;
    for (size_t i = 0; i < groups[g].size(); ++i) {
      all.push_back({groups[g][i].cost - least, groups[g][i].value, static_cast<int32_t>(i)});
    }
    std::stable_sort(all.begin(), all.end(), [](const Point& a, const Point& b) {
      return a.cost != b.cost ? a.cost < b.cost : a.value > b.value;
    });
    std::vector<Point>& points = made.points_.emplace_back();
    for (const Point& point : all) {
      if (points.empty() || point.value > points.back().value) points.push_back(point);
    }
    made.least_cost_ += least;
    made.least_value_ += points.front().value;
    const std::vector<int32_t> hull = UpperHull(points);
    for (size_t i = 1; i < hull.size(); ++i) {
      const Point& from = points[hull[i - 1]];
      const Point& to = points[hull[i]];
      made.steps_.push_back({.group = static_cast<int32_t>(g),
                             .cost = to.cost - from.cost,
                             .value = to.value - from.value,
                             .point = hull[i]});
    }
  }
  std::stable_sort(made.steps_.begin(), made.steps_.end(), [](const Step& a, const Step& b) {
    return a.value * b.cost > b.value * a.cost;
  });
  double cost = 0, value = 0;
  for (Step& step : made.steps_) {
    step.cost_before = cost;
    step.value_before = value;
    cost += step.cost;
    value += step.value;
  }
  return made;
}

absl::Status MultipleChoice::CheckBudget(double budget) const {
  if (budget >= least_cost_) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the cheapest choices take ", least_cost_, " of a budget of ", budget),
      {.field = "budget",
       .mend = "Raise the budget, or offer cheaper choices (removed activations)"});
}

size_t MultipleChoice::SplitStep(double room) const {
  const auto split = std::partition_point(steps_.begin(), steps_.end(), [room](const Step& step) {
    return step.cost_before + step.cost <= room;
  });
  return static_cast<size_t>(split - steps_.begin());
}

double MultipleChoice::BoundWithin(double room) const {
  const size_t split = SplitStep(room);
  if (split == steps_.size()) {
    const double all = steps_.empty() ? 0 : steps_.back().value_before + steps_.back().value;
    return least_value_ + all;
  }
  const Step& step = steps_[split];
  return least_value_ + step.value_before + step.value * ((room - step.cost_before) / step.cost);
}

absl::StatusOr<double> MultipleChoice::Bound(double budget) const {
  PICOST_RETURN_IF_ERROR(CheckBudget(budget));
  return BoundWithin(budget - least_cost_);
}

std::vector<int32_t> MultipleChoice::Greedy(double room) const {
  std::vector<int32_t> chosen(points_.size(), 0);
  std::vector<bool> stopped(points_.size(), false);
  for (const Step& step : steps_) {
    // A later step of a group whose earlier one did not fit cannot be taken alone.
    if (stopped[step.group] || step.cost > room) {
      stopped[step.group] = true;
      continue;
    }
    room -= step.cost;
    chosen[step.group] = step.point;
  }
  return chosen;
}

// One budget: states are extended group by group.
class MultipleChoice::Search {
 public:
  Search(const MultipleChoice& problem, double room)
      : problem_(problem), room_(room), bound_(problem.BoundWithin(room)) {}

  // Points, by group.
  std::vector<int32_t> Run() {
    best_ = problem_.Greedy(room_);
    for (size_t g = 0; g < best_.size(); ++g) {
      best_value_ += problem_.points_[g][best_[g]].value;
    }
    const size_t split = problem_.SplitStep(room_);
    if (split == problem_.steps_.size() || Slack() <= 0) return best_;
    price_ = problem_.steps_[split].value / problem_.steps_[split].cost;
    Rank();
    std::vector<State> states = {{}};
    for (size_t level = 0; level < order_.size() && !states.empty(); ++level) {
      states = Extend(level, states);
      levels_.push_back(states);
      Complete(level, states);
    }
    return best_;
  }

 private:
  struct State {
    double cost = 0;
    double value = 0;
    double loss = 0;
    int32_t from = 0;   // index into the states of the level before
    int32_t point = 0;  // of this level's group
  };
  struct Candidate {
    int32_t point = 0;
    double loss = 0;
  };

  // What may be lost without falling behind the incumbent.
  double Slack() const { return bound_ - best_value_ - kNear * std::abs(bound_); }

  // Losses of all points; groups with the fewest points in play come first.
  void Rank() {
    const size_t count = problem_.points_.size();
    candidates_.resize(count);
    best_point_.assign(count, 0);
    for (size_t g = 0; g < count; ++g) {
      const std::vector<Point>& points = problem_.points_[g];
      const auto worth = [&](size_t i) { return points[i].value - price_ * points[i].cost; };
      for (size_t i = 1; i < points.size(); ++i) {
        if (worth(i) > worth(best_point_[g])) best_point_[g] = static_cast<int32_t>(i);
      }
      for (size_t i = 0; i < points.size(); ++i) {
        const double loss = worth(best_point_[g]) - worth(i);
        if (loss <= Slack()) candidates_[g].push_back({static_cast<int32_t>(i), loss});
      }
      order_.push_back(g);
    }
    std::stable_sort(order_.begin(), order_.end(), [this](size_t a, size_t b) {
      return candidates_[a].size() < candidates_[b].size();
    });
    // What the groups after a level cost and are worth at their best points.
    rest_cost_.assign(count + 1, 0);
    rest_value_.assign(count + 1, 0);
    for (size_t level = count; level-- > 0;) {
      const size_t g = order_[level];
      const Point& point = problem_.points_[g][best_point_[g]];
      rest_cost_[level] = rest_cost_[level + 1] + point.cost;
      rest_value_[level] = rest_value_[level + 1] + point.value;
    }
  }

  std::vector<State> Extend(size_t level, const std::vector<State>& states) const {
    const size_t g = order_[level];
    const double slack = Slack();
    const double width = room_ > 0 ? room_ / kBuckets : 1;
    std::vector<State> buckets(kBuckets + 1, {.value = kNothing});
    for (size_t s = 0; s < states.size(); ++s) {
      for (const Candidate& candidate : candidates_[g]) {
        const Point& point = problem_.points_[g][candidate.point];
        const double cost = states[s].cost + point.cost;
        if (cost > room_) break;  // ascending in cost
        const double loss = states[s].loss + candidate.loss;
        if (loss > slack) continue;
        const double value = states[s].value + point.value;
        State& bucket = buckets[std::min(kBuckets, static_cast<int32_t>(cost / width))];
        if (value > bucket.value || (value == bucket.value && cost < bucket.cost)) {
          bucket = {cost, value, loss, static_cast<int32_t>(s), candidate.point};
        }
      }
    }
    std::vector<State> kept;
    for (const State& state : buckets) {
      if (state.value > (kept.empty() ? kNothing : kept.back().value)) kept.push_back(state);
    }
    return kept;
  }

  // The best state with the remaining groups at their best points, where that fits.
  void Complete(size_t level, const std::vector<State>& states) {
    size_t found = states.size();
    for (size_t s = 0; s < states.size(); ++s) {
      if (states[s].cost + rest_cost_[level + 1] > room_) break;  // ascending in cost
      if (states[s].value + rest_value_[level + 1] > best_value_) {
        best_value_ = states[s].value + rest_value_[level + 1];
        found = s;
      }
    }
    if (found == states.size()) return;
    for (size_t later = level + 1; later < order_.size(); ++later) {
      best_[order_[later]] = best_point_[order_[later]];
    }
    for (size_t at = level + 1; at-- > 0;) {
      const State& state = levels_[at][found];
      best_[order_[at]] = state.point;
      found = static_cast<size_t>(state.from);
    }
  }

  const MultipleChoice& problem_;
  const double room_;
  const double bound_;
  double price_ = 0;
  double best_value_ = 0;
  std::vector<int32_t> best_;
  std::vector<std::vector<Candidate>> candidates_;  // by group
  std::vector<int32_t> best_point_;                 // by group: of no loss
  std::vector<size_t> order_;                       // groups, by level
  std::vector<double> rest_cost_;                   // by level
  std::vector<double> rest_value_;
  std::vector<std::vector<State>> levels_;
};

absl::StatusOr<Selection> MultipleChoice::Solve(double budget) const {
  PICOST_RETURN_IF_ERROR(CheckBudget(budget));
  const std::vector<int32_t> points = Search(*this, budget - least_cost_).Run();
  Selection selection;
  for (size_t g = 0; g < groups_.size(); ++g) {
    selection.chosen.push_back(points_[g][points[g]].option);
    selection.cost += groups_[g][selection.chosen[g]].cost;
    selection.value += groups_[g][selection.chosen[g]].value;
  }
  return selection;
}

}  // namespace picost::whatif
