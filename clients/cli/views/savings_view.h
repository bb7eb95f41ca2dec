// What rewrites of a network save, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_SAVINGS_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_SAVINGS_VIEW_H_

#include <ostream>

#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

// A row for each rewrite; nothing where none was asked for.
void PrintSavings(const v1::ProtocolPlan& plan, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_SAVINGS_VIEW_H_
