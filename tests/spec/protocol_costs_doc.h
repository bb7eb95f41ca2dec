// docs/protocol_costs.md as the catalogue says it today.
#ifndef PICOST_TESTS_SPEC_PROTOCOL_COSTS_DOC_H_
#define PICOST_TESTS_SPEC_PROTOCOL_COSTS_DOC_H_

#include <string>

namespace picost::spec {

std::string ProtocolCostsDoc();

}  // namespace picost::spec

#endif  // PICOST_TESTS_SPEC_PROTOCOL_COSTS_DOC_H_
