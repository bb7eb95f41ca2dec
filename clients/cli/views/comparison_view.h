// Plans of one network under several protocols, side by side.
#ifndef PICOST_CLIENTS_CLI_VIEWS_COMPARISON_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_COMPARISON_VIEW_H_

#include <ostream>
#include <string>

#include "proto/picost/v1/oracle.pb.h"

namespace picost::cli {

// A row for each protocol and phase; a line for each protocol that refuses.
void PrintComparisonTable(const std::string& model, const v1::PlanComparison& comparison,
                          std::ostream& out);
void PrintComparisonCsv(const std::string& model, const v1::PlanComparison& comparison,
                        std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_COMPARISON_VIEW_H_
