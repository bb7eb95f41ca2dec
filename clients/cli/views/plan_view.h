// Plans, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_PLAN_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_PLAN_VIEW_H_

#include <ostream>

#include "clients/cli/views/question.h"
#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

void PrintPlanTable(const Question& question, const v1::ProtocolPlan& plan, std::ostream& out);
void PrintPlanCsvHeader(std::ostream& out);
// One row per layer and primitive call.
void PrintPlanCsv(const Question& question, const v1::ProtocolPlan& plan, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_PLAN_VIEW_H_
