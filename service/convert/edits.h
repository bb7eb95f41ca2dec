// Edits, tables, budgets and capacity, both ways.
#ifndef PICOST_SERVICE_CONVERT_EDITS_H_
#define PICOST_SERVICE_CONVERT_EDITS_H_

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "estimator/whatif/capacity.h"
#include "estimator/whatif/cost_table.h"
#include "estimator/whatif/graph_edit.h"
#include "estimator/whatif/metric.h"
#include "estimator/whatif/session.h"
#include "estimator/whatif/solve_budget.h"
#include "proto/picost/v1/edits.pb.h"

namespace picost::service {

// kInvalidArgument where an operation says nothing or half. `field` is its path.
absl::StatusOr<whatif::EditOperation> FromProto(const v1::EditOperation& from,
                                                const std::string& field);
// Of at most 4096; `field` is the path of the list.
absl::StatusOr<std::vector<whatif::EditOperation>> FromProto(
    const google::protobuf::RepeatedPtrField<v1::EditOperation>& from, const std::string& field);
void ToProto(const whatif::EditOperation& from, v1::EditOperation& to);

void ToProto(const whatif::EditTotals& from, v1::EditTotals& to);
void ToProto(const whatif::MetricValues& from, v1::SearchCosts& to);
void ToProto(const whatif::CostTable& from, v1::CostTable& to);
void ToProto(const whatif::BudgetAnswer& from, v1::Allocation& to);
void ToProto(const whatif::Capacity& from, v1::Capacity& to);

struct Budget {
  whatif::Metric metric = whatif::Metric::kTotalSeconds;
  double limit = 0;
};
absl::StatusOr<Budget> FromProto(const v1::SearchBudget& from);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_EDITS_H_
