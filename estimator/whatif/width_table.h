// Widths as choices of a cost table: groups of layers that are resized together.
//
// A linear layer costs by the channels that it reads and by those that it makes, an
// activation by the channels of its group alone. Choices of two groups with a layer
// between, and choices of a group and of an activation in it, therefore do not just add
// up; what they cost beyond the sum is listed pair by pair (TableInteraction) and is
// exact. What three choices cost beyond their pairs (two widths, and an activation beside
// that is removed or replaced) is part of the table's error.
#ifndef PICOST_ESTIMATOR_WHATIF_WIDTH_TABLE_H_
#define PICOST_ESTIMATOR_WHATIF_WIDTH_TABLE_H_

#include <vector>

#include "absl/status/status.h"
#include "estimator/whatif/cost_table.h"
#include "estimator/whatif/session.h"

namespace picost::whatif {

// Adds widths, interactions and their error to a table of the session's base. `shares`
// (above 0, below 1; the base is the widest network) are of its channels. Groups that the rules of
// ResizeChannels cannot follow, and widths that the protocol does not plan, are left out.
// kInvalidArgument names a share that is none.
absl::Status AddWidths(EditSession& session, const std::vector<double>& shares, CostTable& table);

}  // namespace picost::whatif

#endif  // PICOST_ESTIMATOR_WHATIF_WIDTH_TABLE_H_
