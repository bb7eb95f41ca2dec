#include "estimator/study/hypervolume.h"

#include <algorithm>
#include <utility>

namespace picost::study {
namespace {

// In two dimensions the volume is a staircase. By ascending x, each point that is
// lower than all before it adds a rectangle up to the reference's x.
double Area(std::vector<Point>& points, const Point& reference) {
  std::sort(points.begin(), points.end());
  double area = 0;
  double lowest = reference[1];
  for (const Point& point : points) {
    if (point[1] >= lowest) continue;
    area += (reference[0] - point[0]) * (lowest - point[1]);
    lowest = point[1];
  }
  return area;
}

// Cut by the last objective into slabs: within [z_i, z_(i+1)) the points with last
// value up to z_i dominate a cross-section of one dimension less (the classic
// hypervolume by slicing objectives, Knowles 2002; While et al. 2006).
double Sweep(std::vector<Point> points, Point reference) {
  const size_t last = reference.size() - 1;
  if (last == 0) {
    double best = reference[0];
    for (const Point& point : points) best = std::min(best, point[0]);
    return reference[0] - best;
  }
  if (last == 1) return Area(points, reference);
  std::sort(points.begin(), points.end(),
            [last](const Point& a, const Point& b) { return a[last] < b[last]; });
  const double end = reference[last];
  reference.pop_back();
  // Only the front of a cross-section matters: it stays small while points are added.
  ParetoFront section;
  double volume = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const double begin = points[i][last];
    const double next = i + 1 < points.size() ? points[i + 1][last] : end;
    points[i].pop_back();
    section.Insert(0, std::move(points[i]));
    if (next <= begin) continue;
    std::vector<Point> cut;
    for (const FrontMember& member : section.members()) cut.push_back(member.values);
    volume += (next - begin) * Sweep(std::move(cut), reference);
  }
  return volume;
}

}  // namespace

double Hypervolume(std::vector<Point> points, const Point& reference) {
  const auto useless = [&reference](const Point& point) {
    for (size_t i = 0; i < reference.size(); ++i) {
      if (!(point[i] < reference[i])) return true;
    }
    return false;
  };
  points.erase(std::remove_if(points.begin(), points.end(), useless), points.end());
  return Sweep(std::move(points), reference);
}

}  // namespace picost::study
