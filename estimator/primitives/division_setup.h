// OpenCheetah converts the bits of a division over an unsplit IKNP instance, in both of
// its builds: the first division of a connection sets it up, 12,997 bytes from the client
// and 8,832 from the server in two flights (measured).
#ifndef PICOST_ESTIMATOR_PRIMITIVES_DIVISION_SETUP_H_
#define PICOST_ESTIMATOR_PRIMITIVES_DIVISION_SETUP_H_

#include <cstdint>

#include "estimator/primitives/forms.h"
#include "estimator/primitives/primitive.h"

namespace picost::primitives {

inline Traffic DivisionBaseOts(const Parameters&, int64_t count) {
  return {.client_to_server = Bytes(Product({count, 12'997})),
          .server_to_client = Bytes(Product({count, 8'832})),
          .flights = Flights(Product({count, 2}))};
}

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_DIVISION_SETUP_H_
