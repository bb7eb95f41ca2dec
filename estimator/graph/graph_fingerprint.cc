#include "estimator/graph/graph_fingerprint.h"

#include <type_traits>
#include <variant>
#include <vector>

#include "estimator/base/fingerprint.h"

namespace picost::graph {
namespace {

// Writes fields one after the other; lists with their length, so that no two
// different sequences of fields write the same bytes.
class Writer {
 public:
  explicit Writer(Fingerprinter& out) : out_(out) {}

  template <typename... Fields>
  void Write(const Fields&... fields) {
    (One(fields), ...);
  }

 private:
  template <typename T>
  void One(const T& field) {
    if constexpr (std::is_same_v<T, std::string>) {
      out_.Add(std::string_view(field));
    } else if constexpr (std::is_same_v<T, double>) {
      out_.Add(field);
    } else {
      static_assert(std::is_enum_v<T> || std::is_integral_v<T>);
      out_.Add(static_cast<int64_t>(field));
    }
  }
  template <typename T>
  void One(const std::vector<T>& list) {
    out_.Add(static_cast<int64_t>(list.size()));
    for (const T& element : list) One(element);
  }

  Fingerprinter& out_;
};

struct AttributeWriter {
  Writer& out;

  void operator()(const Conv& a) const {
    out.Write(a.transposed, a.batch, a.in_channels, a.out_channels, a.groups, a.input_size,
              a.output_size, a.kernel, a.strides, a.dilations, a.pads_begin, a.pads_end,
              a.has_bias);
  }
  void operator()(const Linear& a) const {
    out.Write(a.rows, a.in_features, a.out_features, a.has_bias);
  }
  void operator()(const PrivateMatMul& a) const { out.Write(a.batch, a.rows, a.inner, a.columns); }
  void operator()(const Activation& a) const {
    out.Write(a.kind, a.elements, a.low, a.high, a.alpha, a.degree, a.scheme, a.kept_elements);
  }
  void operator()(const Pool& a) const {
    out.Write(a.kind, a.channels, a.input_size, a.output_size, a.kernel, a.strides, a.pads_begin,
              a.pads_end, a.window, a.outputs);
  }
  void operator()(const Normalization& a) const {
    out.Write(a.kind, a.elements, a.rows, a.width, a.channels, a.spatial, a.has_scale);
  }
  void operator()(const Softmax& a) const { out.Write(a.rows, a.width, a.log); }
  void operator()(const Reduce& a) const { out.Write(a.kind, a.outputs, a.width); }
  void operator()(const Elementwise& a) const {
    out.Write(a.kind, a.elements, a.second, a.same_operands, a.exponent);
  }
  void operator()(const Compare& a) const { out.Write(a.kind, a.elements, a.second); }
  void operator()(const Select& a) const { out.Write(a.elements, a.condition); }
  void operator()(const TopK& a) const { out.Write(a.rows, a.width, a.k, a.indices); }
  void operator()(const Embedding& a) const {
    out.Write(a.lookups, a.table_rows, a.row_elements, a.private_indices);
  }
  void operator()(const View&) const {}
  void operator()(const PublicLinear& a) const { out.Write(a.multiplications); }
};

std::string Digest(const Graph::Parts& parts, bool with_names) {
  Fingerprinter fingerprinter(with_names ? "graph" : "anonymous graph");
  Writer out(fingerprinter);
  out.Write(parts.values.size());
  for (const Value& value : parts.values) {
    out.Write(value.source, value.producer, value.type.element_type, value.type.dims);
    // Below zero, as no field that may follow is: quantized values alone have it.
    if (value.type.bits != 0) out.Write(-value.type.bits);
  }
  out.Write(parts.nodes.size());
  for (const Node& node : parts.nodes) {
    if (with_names) out.Write(node.name);
    out.Write(node.attributes.index());
    std::visit(AttributeWriter{out}, node.attributes);
    out.Write(node.inputs, node.outputs);
  }
  out.Write(parts.inputs, parts.outputs);
  return fingerprinter.Hex();
}

}  // namespace

std::string ComputeFingerprint(const Graph::Parts& parts) { return Digest(parts, true); }

std::string ComputeAnonymousFingerprint(const Graph::Parts& parts) { return Digest(parts, false); }

}  // namespace picost::graph
