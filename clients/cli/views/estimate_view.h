// Estimates and plans, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_ESTIMATE_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_ESTIMATE_VIEW_H_

#include <ostream>
#include <string>

#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

// What was asked, for headlines and CSV columns.
struct Question {
  std::string model;       // "resnet18_cifar"
  std::string protocol;    // "delphi"
  std::string deployment;  // "wan"; empty for plans
};

void PrintEstimateTable(const Question& question, const v1::Estimate& estimate, std::ostream& out);
// One row per layer; the header alone once.
void PrintEstimateCsvHeader(std::ostream& out);
void PrintEstimateCsv(const Question& question, const v1::Estimate& estimate, std::ostream& out);

void PrintPlanTable(const Question& question, const v1::ProtocolPlan& plan, std::ostream& out);
void PrintPlanCsvHeader(std::ostream& out);
// One row per layer and primitive call.
void PrintPlanCsv(const Question& question, const v1::ProtocolPlan& plan, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_ESTIMATE_VIEW_H_
