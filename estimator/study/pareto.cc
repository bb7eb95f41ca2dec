#include "estimator/study/pareto.h"

#include <algorithm>
#include <utility>

namespace picost::study {

bool WeaklyDominates(const Point& a, const Point& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
  }
  return true;
}

bool ParetoFront::Insert(int64_t id, Point values) {
  // Whoever dominates is lexicographically not greater, whoever is dominated not less:
  // each side of the insertion point needs one of the two tests only.
  const auto position =
      std::lower_bound(members_.begin(), members_.end(), values,
                       [](const FrontMember& m, const Point& v) { return m.values < v; });
  for (auto it = members_.begin(); it != position; ++it) {
    if (WeaklyDominates(it->values, values)) return false;
  }
  if (position != members_.end() && position->values == values) return false;
  const auto kept = std::remove_if(position, members_.end(), [&values](const FrontMember& m) {
    return WeaklyDominates(values, m.values);
  });
  const auto index = position - members_.begin();
  members_.erase(kept, members_.end());
  members_.insert(members_.begin() + index, {id, std::move(values)});
  return true;
}

}  // namespace picost::study
