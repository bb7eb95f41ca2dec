// What a table says, as text for people: fits, how well they predict what they
// have not seen, what to measure next; and what changed between two tables.
#ifndef PICOST_CALIBRATE_REPORT_H_
#define PICOST_CALIBRATE_REPORT_H_

#include <string>
#include <vector>

#include "estimator/cost/cost_model.h"

namespace picost::calibrate {

// One shape predicted by the fit of all others.
struct HeldOut {
  std::string shape;
  double measured_seconds = 0;
  double predicted_seconds = 0;
  double relative_error = 0;  // predicted / measured - 1
  double tolerance = 0;       // the larger of 5 % and 1.25 times the spread
  bool extrapolated = false;  // outside the hull of the others
};

// Every shape of the group left out in turn. Shapes whose usage the others do not
// cover at all are skipped.
std::vector<HeldOut> LeaveOneOut(const cost::FitGroup& group);

// Unit costs of every group, one line an item.
std::string FitText(const cost::CostModel& model);

// Fit, residuals, hold-outs, and what to measure next.
std::string ReportText(const cost::CostModel& model);

// For each group of either table: the ratio of b's to a's prediction on the
// shapes that b measured (geometric mean, least and largest).
std::string DiffText(const cost::CostModel& a, const cost::CostModel& b);

// Whether a fit of one has the key of a fit of the other.
bool MeasureTheSame(const cost::CostModel& a, const cost::CostModel& b);

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_REPORT_H_
