// What an answer depends on, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_PROVENANCE_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_PROVENANCE_VIEW_H_

#include <ostream>

#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

void PrintProvenance(const v1::Provenance& provenance, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_PROVENANCE_VIEW_H_
