// Every primitive that a protocol may plan, in one explicit list.
#ifndef PICOST_ESTIMATOR_PRIMITIVES_CATALOG_H_
#define PICOST_ESTIMATOR_PRIMITIVES_CATALOG_H_

#include <string_view>
#include <vector>

#include "estimator/primitives/primitive.h"

namespace picost::primitives {

// In the order of the list in catalog.cc; pointers live for ever.
const std::vector<const PrimitiveSpec*>& AllPrimitives();

// Null where no primitive has this id.
const PrimitiveSpec* FindPrimitive(std::string_view id);

}  // namespace picost::primitives

#endif  // PICOST_ESTIMATOR_PRIMITIVES_CATALOG_H_
