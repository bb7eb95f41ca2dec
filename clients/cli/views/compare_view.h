// Comparisons, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_COMPARE_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_COMPARE_VIEW_H_

#include <ostream>
#include <string>
#include <vector>

#include "proto/picost/v1/compare.pb.h"

namespace picost::cli {

// What was asked: names for the indices of the answer.
struct CompareQuestion {
  std::string model;
  std::vector<std::string> protocols;
  std::vector<std::string> deployments;
  bool online_only = false;
};

void PrintCompareTable(const CompareQuestion& question,
                       const v1::CompareDeploymentsResponse& answer, std::ostream& out);
// One row per cell and per break-even point; column `row` says which.
void PrintCompareCsv(const CompareQuestion& question, const v1::CompareDeploymentsResponse& answer,
                     std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_COMPARE_VIEW_H_
