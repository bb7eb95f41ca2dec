// Which of many trials no other one beats.
//
// Points are vectors of objectives, all of them to be minimised (a caller negates
// what it maximises), all of the same length, without NaN. A point dominates another
// one if it is nowhere worse and somewhere better. Of equal points the first stands.
#ifndef PICOST_ESTIMATOR_STUDY_PARETO_H_
#define PICOST_ESTIMATOR_STUDY_PARETO_H_

#include <cstdint>
#include <vector>

namespace picost::study {

using Point = std::vector<double>;

struct FrontMember {
  int64_t id = 0;
  Point values;

  friend bool operator==(const FrontMember&, const FrontMember&) = default;
};

// Whether a is nowhere worse than b; equal points dominate each other weakly.
bool WeaklyDominates(const Point& a, const Point& b);

// A front that trials are added to one by one: time of one addition is linear in the
// size of the front, not in the number of trials.
class ParetoFront {
 public:
  // Whether the point stands in the front now. It is dropped where a member dominates
  // or equals it; members that it dominates are dropped.
  bool Insert(int64_t id, Point values);

  // In ascending order of values, then of ids.
  const std::vector<FrontMember>& members() const { return members_; }

 private:
  std::vector<FrontMember> members_;
};

}  // namespace picost::study

#endif  // PICOST_ESTIMATOR_STUDY_PARETO_H_
