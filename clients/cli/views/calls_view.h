// Primitive calls, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_CALLS_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_CALLS_VIEW_H_

#include <ostream>
#include <string>

#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

std::string CallName(const v1::CallCost& call);        // "gc.garble"
std::string ParametersText(const v1::CallCost& call);  // "height=32;width=32"
std::string PhaseText(v1::Phase phase);                // "offline"
std::string ExecutorText(v1::Executor executor);       // "client"
std::string FormStatusText(v1::FormStatus status);     // "verified"

// One row per layer and call; nothing where the answer holds no calls.
void PrintCallsTable(const v1::Estimate& estimate, std::ostream& out);
void PrintCallsTable(const v1::ProtocolPlan& plan, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_CALLS_VIEW_H_
