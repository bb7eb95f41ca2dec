// How much a front dominates: the volume between its points and a reference point.
#ifndef PICOST_ESTIMATOR_STUDY_HYPERVOLUME_H_
#define PICOST_ESTIMATOR_STUDY_HYPERVOLUME_H_

#include <vector>

#include "estimator/study/pareto.h"

namespace picost::study {

// Points to be minimised, in any order, dominated ones allowed; those that are not
// better than the reference in every objective count nothing. 1 to 4 objectives.
// Time: n log n for two objectives; beyond, the sweep below, n times that of one
// objective less.
double Hypervolume(std::vector<Point> points, const Point& reference);

}  // namespace picost::study

#endif  // PICOST_ESTIMATOR_STUDY_HYPERVOLUME_H_
