// Additive shares with a trusted dealer as CrypTen computes on them, and PILLAR after
// it: what the planners of both share.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_BACKEND_H_
#define PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_BACKEND_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

// How x^2 .. x^d are made.
enum class Powers {
  kOneByOne,     // products and squares one after the other
  kEspn,         // in one exchange, from each party's own powers
  kHoneyBadger,  // in one exchange, from shares of r .. r^d
};

// Title, citation, status and own parameters are the caller's.
ProtocolInfo CrypTenInfo(std::string id);
// Of protocols that put polynomials in the ReLUs' place.
ProtocolParameter ReplacedReluDegree();

// Parameters as declared; `grouped` and `replaced_relu_degree` where there are any.
absl::StatusOr<ProtocolPlan> PlanCrypTen(const PlanContext& context, const std::string& id,
                                         Powers powers);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_CRYPTEN_BACKEND_H_
