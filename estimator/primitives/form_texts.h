// The closed forms of the catalogue as text, for docs/protocol_costs.md, with one
// example each that the generator evaluates: text and code stand side by side there.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_FORM_TEXTS_H_
#define PICOST_ESTIMATOR_PRIMITIVES_FORM_TEXTS_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

struct FormText {
  std::string_view id;
  std::string_view client_to_server;
  std::string_view server_to_client;
  std::string_view flights;
  Parameters example;
  int64_t example_count = 1;
};

// One for every primitive of the catalogue (a test holds that).
const std::vector<FormText>& FormTexts();

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_FORM_TEXTS_H_
