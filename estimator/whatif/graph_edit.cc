#include "estimator/whatif/graph_edit.h"

#include <bit>
#include <cstring>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/whatif/edit_structure.h"

namespace picost::whatif {
namespace {

using graph::Activation;
using graph::Graph;
using graph::Node;

absl::Status Invalid(const Node& node, std::string what, std::string field, std::string mend) {
  return MakeError(
      absl::StatusCode::kInvalidArgument, std::move(what),
      {.field = std::move(field), .node = node.name, .op = node.onnx_op, .mend = std::move(mend)});
}

// Set bits of a bitmap that must have `bits` bits.
absl::StatusOr<int64_t> CountMask(const Node& node, std::string_view bitmap, int64_t bits) {
  if (static_cast<int64_t>(bitmap.size()) != (bits + 7) / 8) {
    return Invalid(node, absl::StrCat("the bitmap has ", bitmap.size(), " bytes"), "bitmap",
                   absl::StrCat("Give ", bits, " bits in ", (bits + 7) / 8, " bytes"));
  }
  if (bits % 8 != 0 && (static_cast<unsigned char>(bitmap.back()) >> (bits % 8)) != 0) {
    return Invalid(node, "the bitmap has bits after its last element", "bitmap",
                   "Set the spare bits of the last byte to 0");
  }
  return CountBits(bitmap);
}

absl::StatusOr<int64_t> CountKept(const Graph& graph, const Node& node,
                                  const Activation& activation, const KeepRelus& keep) {
  if (keep.granularity == Granularity::kLayer) {
    if (keep.count < 0 || keep.count > activation.elements) {
      return Invalid(
          node, absl::StrCat("cannot keep ", keep.count, " of ", activation.elements, " elements"),
          "count", absl::StrCat("Give a count from 0 to ", activation.elements));
    }
    return keep.count;
  }
  if (keep.granularity == Granularity::kMask) {
    return CountMask(node, keep.bitmap, activation.elements);
  }
  const std::vector<int64_t>& dims = graph.value(node.outputs.front()).type.dims;
  if (dims.size() < 2 || dims[0] <= 0 || dims[1] <= 0) {
    return Invalid(node, "the activation has no channels", "granularity",
                   "Give a count or a mask over all elements");
  }
  // [batch, channels, positions...]
  const int64_t positions = activation.elements / (dims[0] * dims[1]);
  if (keep.granularity == Granularity::kPixel) {
    PICOST_ASSIGN_OR_RETURN(const int64_t kept, CountMask(node, keep.bitmap, positions));
    return kept * dims[0] * dims[1];
  }
  std::set<int64_t> distinct;
  for (const int64_t channel : keep.channels) {
    if (channel < 0 || channel >= dims[1]) {
      return Invalid(node, absl::StrCat("there is no channel ", channel), "channels",
                     absl::StrCat("Channels count from 0 to ", dims[1] - 1));
    }
    if (!distinct.insert(channel).second) {
      return Invalid(node, absl::StrCat("channel ", channel, " stands twice"), "channels",
                     "Name each channel once");
    }
  }
  return static_cast<int64_t>(distinct.size()) * positions * dims[0];
}

graph::NodeId FindNode(const Graph::Parts& parts, std::string_view name) {
  for (size_t i = 0; i < parts.nodes.size(); ++i) {
    if (parts.nodes[i].name == name) return static_cast<graph::NodeId>(i);
  }
  return graph::kNoNode;
}

// Names the operation in an error that does not.
absl::Status At(size_t index, const absl::Status& status) {
  return AtElement(status, absl::StrCat("operations[", index, "]"));
}

absl::StatusOr<Graph> ApplyOne(const Graph& graph, const EditOperation& operation) {
  const graph::NodeId id = FindNode(graph.parts(), EditedNode(operation));
  if (id == graph::kNoNode) return NoSuchNode(EditedNode(operation));
  const Node& node = graph.node(id);
  if (IsActivationEdit(operation)) {
    const auto* activation = std::get_if<Activation>(&node.attributes);
    if (activation == nullptr) return NotAnActivation(node);
    PICOST_ASSIGN_OR_RETURN(Activation edited, EditActivation(graph, node, *activation, operation));
    Graph::Parts parts = graph.parts();
    parts.nodes[id].attributes = std::move(edited);
    return Graph::Create(std::move(parts));
  }
  if (const auto* swap = std::get_if<SwapPool>(&operation)) return Swap(graph, id, swap->kind);
  return Merge(graph, id);
}

}  // namespace

int64_t CountBits(std::string_view bitmap) {
  int64_t bits = 0;
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= bitmap.size(); i += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, bitmap.data() + i, sizeof(word));
    bits += std::popcount(word);
  }
  for (; i < bitmap.size(); ++i) bits += std::popcount(static_cast<unsigned char>(bitmap[i]));
  return bits;
}

bool IsActivationEdit(const EditOperation& operation) {
  return std::holds_alternative<KeepRelus>(operation) ||
         std::holds_alternative<ReplaceActivation>(operation) ||
         std::holds_alternative<RemoveActivation>(operation);
}

const std::string& EditedNode(const EditOperation& operation) {
  return std::visit([](const auto& one) -> const std::string& { return one.node; }, operation);
}

absl::StatusOr<Activation> EditActivation(const Graph& graph, const Node& node,
                                          const Activation& current,
                                          const EditOperation& operation) {
  Activation edited = current;
  if (const auto* keep = std::get_if<KeepRelus>(&operation)) {
    PICOST_ASSIGN_OR_RETURN(const int64_t kept, CountKept(graph, node, current, *keep));
    // One spelling of "all of them", so that equal networks have equal fingerprints.
    edited.kept_elements = kept == current.elements ? -1 : kept;
    return edited;
  }
  if (std::holds_alternative<RemoveActivation>(operation)) {
    edited.kept_elements = 0;
    return edited;
  }
  const auto& replace = std::get<ReplaceActivation>(operation);
  if (replace.degree < 2 || replace.degree > kMaxDegree) {
    return Invalid(node, absl::StrCat("a polynomial of degree ", replace.degree), "degree",
                   absl::StrCat("Give a degree from 2 to ", kMaxDegree,
                                "; remove the activation for a linear function"));
  }
  return Activation{.kind = graph::ActivationKind::kPolynomial,
                    .elements = current.elements,
                    .degree = replace.degree,
                    .scheme = replace.scheme};
}

absl::StatusOr<Graph> ApplyEdit(const Graph& graph, const GraphEdit& edit) {
  if (edit.base != graph.fingerprint()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("the edit is of graph ", edit.base, ", not of ", graph.fingerprint()),
        {.field = "base", .mend = "Make the edit for this graph"});
  }
  Graph edited = graph;
  for (size_t i = 0; i < edit.operations.size(); ++i) {
    absl::StatusOr<Graph> next = absl::InternalError("not applied");
    if (std::holds_alternative<ResizeChannels>(edit.operations[i])) {
      std::vector<Resize> resizes;
      size_t j = i;
      for (; j < edit.operations.size(); ++j) {
        const auto* resize = std::get_if<ResizeChannels>(&edit.operations[j]);
        if (resize == nullptr) break;
        const graph::NodeId id = FindNode(edited.parts(), resize->node);
        if (id == graph::kNoNode) return At(j, NoSuchNode(resize->node));
        resizes.push_back({id, resize->channels});
      }
      next = ResizeAll(edited, resizes);
      if (!next.ok()) return At(i, next.status());
      i = j - 1;
    } else {
      next = ApplyOne(edited, edit.operations[i]);
      if (!next.ok()) return At(i, next.status());
    }
    edited = *std::move(next);
  }
  return edited;
}

GraphEdit Then(GraphEdit first, const GraphEdit& second) {
  first.operations.insert(first.operations.end(), second.operations.begin(),
                          second.operations.end());
  return first;
}

}  // namespace picost::whatif
