// What the planners share: collecting calls, refusing nodes, reading the graph.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_PLANNING_H_
#define PICOST_ESTIMATOR_PROTOCOLS_PLANNING_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"

namespace picost::protocols {

// Calls of one layer (or of the set-up) as they are added; remembers the first
// error, so that a planner can add several calls and ask once.
class CallList {
 public:
  // Adds nothing where count is 0.
  void Add(std::string_view primitive, primitives::Parameters parameters, int64_t count,
           primitives::Phase phase, primitives::Executor executor);

  const absl::Status& status() const { return status_; }
  const std::vector<primitives::PrimitiveCall>& calls() const { return calls_; }
  std::vector<primitives::PrimitiveCall> Take() && { return std::move(calls_); }

 private:
  std::vector<primitives::PrimitiveCall> calls_;
  absl::Status status_;
};

// kUnimplemented: "PROTOCOL does not plan KIND: WHY (node N, operator O). MEND".
absl::Status Refuse(std::string_view protocol, const graph::Node& node, std::string_view why,
                    std::string_view mend);

// The status of a layer's calls: a size that a primitive has no form for becomes a
// refusal of the node.
absl::Status OfLayer(std::string_view protocol, const graph::Node& node,
                     const absl::Status& status);

// Whether the client knows the node's first operand in the clear: an input of the
// graph, seen through views only.
bool ReadsClientPlaintext(const graph::Graph& graph, const graph::Node& node);

// How many of an activation's elements still compute it, and how many are linear.
struct KeptElements {
  int64_t kept = 0;
  int64_t linear = 0;
};
KeptElements Kept(const graph::Activation& activation);

// The kept elements of a partly kept activation into a batch of their own, and back.
void AddGather(int64_t kept, CallList& calls);
void AddScatter(int64_t kept, CallList& calls);

// One group of one image of a convolution, as a 2-D stride-and-padding problem.
struct PlainConvolution {
  int64_t convolutions = 1;  // batch x groups
  int64_t in_channels = 0;   // of one group
  int64_t out_channels = 0;
  int64_t height = 0;
  int64_t width = 0;
  int64_t kernel_height = 0;  // holes of a dilated kernel included
  int64_t kernel_width = 0;
  int64_t taps = 0;  // kernel positions without the holes
  int64_t stride_height = 1;
  int64_t stride_width = 1;
  int64_t pad_top = 0;
  int64_t pad_bottom = 0;
  int64_t pad_left = 0;
  int64_t pad_right = 0;
};

// One-dimensional convolutions become images of height 1; a transposed convolution
// becomes the plain one over its input with zeros put between the pixels (stride - 1
// of them) and kernel - 1 - pad around. Of more than two dimensions the last two are the
// image: each position of the others in the result is a convolution of its own, over the
// channels of all kernel positions that it reads (at a border fewer: zeros count, too).
PlainConvolution ToPlainConvolution(const graph::Conv& conv);

// Of the stride-and-padding problem, as primitives of convolutions declare them.
primitives::Parameters ShapeParameters(const PlainConvolution& conv);
// Rows times columns of the result.
int64_t OutputPixels(const PlainConvolution& conv);

// Note of a layer whose convolution was unrolled so; empty for two dimensions and fewer.
std::string_view UnrolledNote(const graph::Conv& conv);

// A pool that is filled by the first layer that draws from it, and never again.
Refill FilledOnce(std::string pool, std::string primitive, int64_t times = 1);

// Adds the calls that refill pools, and notes them in the plan.
absl::Status RefillPools(const std::vector<Refill>& refills, ProtocolPlan& plan);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_PLANNING_H_
