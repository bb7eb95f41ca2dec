#include "estimator/cost/makespan.h"

#include <algorithm>
#include <functional>
#include <queue>

namespace picost::cost {

double Makespan(std::vector<double> seconds, int64_t lanes) {
  std::sort(seconds.begin(), seconds.end(), std::greater<>());
  std::priority_queue<double, std::vector<double>, std::greater<>> busy_until;
  double end = 0;
  for (const double job : seconds) {
    double start = 0;
    if (static_cast<int64_t>(busy_until.size()) >= lanes) {
      start = busy_until.top();
      busy_until.pop();
    }
    busy_until.push(start + job);
    end = std::max(end, start + job);
  }
  return end;
}

}  // namespace picost::cost
