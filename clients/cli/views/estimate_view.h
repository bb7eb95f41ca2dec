// Estimates, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_ESTIMATE_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_ESTIMATE_VIEW_H_

#include <ostream>

#include "clients/cli/views/question.h"
#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

void PrintEstimateTable(const Question& question, const v1::Estimate& estimate, std::ostream& out);
// One row per layer; the header alone once.
void PrintEstimateCsvHeader(std::ostream& out);
void PrintEstimateCsv(const Question& question, const v1::Estimate& estimate, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_ESTIMATE_VIEW_H_
