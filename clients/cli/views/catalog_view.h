// Lists of the catalogue and of models, as tables and CSV.
#ifndef PICOST_CLIENTS_CLI_VIEWS_CATALOG_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_CATALOG_VIEW_H_

#include <ostream>

#include "proto/picost/v1/catalog.pb.h"
#include "proto/picost/v1/models.pb.h"

namespace picost::cli {

// csv: CSV instead of aligned columns.
void PrintList(const v1::ListModelsResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListProtocolsResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListRewritesResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListOperatorsResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListPrimitivesResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListDeploymentsResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListNetworksResponse& list, bool csv, std::ostream& out);
void PrintList(const v1::ListTablesResponse& list, bool csv, std::ostream& out);

// One protocol with its parameters and what it plans.
void PrintProtocol(const v1::Protocol& protocol, bool csv, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_CATALOG_VIEW_H_
