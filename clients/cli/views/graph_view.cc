#include "clients/cli/views/graph_view.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

std::string Ends(const google::protobuf::RepeatedPtrField<v1::TensorShape>& shapes) {
  std::vector<std::string> texts;
  for (const v1::TensorShape& shape : shapes) {
    texts.push_back(absl::StrCat(Printable(shape.name()), " ", DimensionsText(shape)));
  }
  return absl::StrJoin(texts, ", ");
}

bool Computes(const v1::Counts& counts) {
  return counts.macs() != 0 || counts.comparisons() != 0 || counts.multiplications() != 0 ||
         counts.squares() != 0 || counts.exponentials() != 0 || counts.reciprocals() != 0 ||
         counts.elements_by_kind_size() > 0;
}

void PrintCounts(const v1::Counts& counts, std::ostream& out) {
  const std::pair<const char*, int64_t> rows[] = {
      {"ReLU elements", counts.relu_elements()},
      {"ReLU calls", counts.relu_calls()},
      {"comparisons beside ReLUs", counts.comparisons()},
      {"  of max pooling", counts.maxpool_comparisons()},
      {"multiplications", counts.multiplications()},
      {"squares", counts.squares()},
      {"exponentials", counts.exponentials()},
      {"reciprocals", counts.reciprocals()},
      {"products with weights outside linear layers", counts.weight_products()},
      {"truncations", counts.truncations()},
      {"MACs", counts.macs()},
      {"  of convolutions", counts.conv_macs()},
      {"  of fully connected layers", counts.linear_macs()},
      {"  of private matrix products", counts.private_matmul_macs()},
      {"parameters", counts.parameters()},
  };
  Table table({{"per inference", Align::kLeft}, {"total"}});
  for (const auto& [name, value] : rows) table.AddRow({name, WithSeparators(value)});
  for (const v1::NamedInteger& kind : counts.elements_by_kind()) {
    if (kind.name() != "relu") {
      table.AddRow({absl::StrCat("elements of ", kind.name()), WithSeparators(kind.value())});
    }
  }
  table.Print(out);
}

// " (8-bit weights, 32-bit results)" of quantized layers.
std::string BitsText(const v1::Layer& layer) {
  std::vector<std::string> texts;
  if (layer.weight_bits() != 0) texts.push_back(absl::StrCat(layer.weight_bits(), "-bit weights"));
  if (!layer.outputs().empty() && layer.outputs(0).bits() != 0) {
    texts.push_back(absl::StrCat(layer.outputs(0).bits(), "-bit results"));
  }
  return texts.empty() ? "" : absl::StrCat(" (", absl::StrJoin(texts, ", "), ")");
}

void PrintParameters(const v1::Inspection& inspection, std::ostream& out) {
  if (inspection.parameters().empty()) return;
  Table table({{"tensor", Align::kLeft},
               {"type", Align::kLeft},
               {"shape", Align::kLeft},
               {"elements"},
               {"bytes"}});
  int64_t bytes = 0;
  for (const v1::ParameterTensor& tensor : inspection.parameters()) {
    bytes += tensor.bytes();
    table.AddRow({Printable(tensor.name()), tensor.data_type(),
                  tensor.dimensions().empty() ? "scalar" : absl::StrJoin(tensor.dimensions(), "x"),
                  WithSeparators(tensor.elements()), WithSeparators(tensor.bytes())});
  }
  table.AddRow({absl::StrCat("all ", inspection.parameters_size()), "", "",
                WithSeparators(inspection.notes().parameter_elements()), WithSeparators(bytes)});
  out << "\n";
  table.Print(out);
}

void PrintLayers(const LayerList& layers, std::ostream& out) {
  Table table({{"layer", Align::kLeft},
               {"kind", Align::kLeft},
               {"output", Align::kLeft},
               {"ReLU elements"},
               {"comparisons"},
               {"MACs"},
               {"parameters"}});
  int free = 0;
  for (const v1::Layer& layer : layers) {
    if (!Computes(layer.counts())) {
      ++free;
      continue;
    }
    table.AddRow({Printable(layer.node()), absl::StrCat(layer.kind(), BitsText(layer)),
                  layer.outputs().empty() ? "" : DimensionsText(layer.outputs(0)),
                  WithSeparators(layer.counts().relu_elements()),
                  WithSeparators(layer.counts().comparisons()),
                  WithSeparators(layer.counts().macs()),
                  WithSeparators(layer.counts().parameters())});
  }
  if (!table.empty()) {
    out << "\n";
    table.Print(out);
  }
  if (free > 0) {
    out << "  (" << free << " more nodes count nothing: additions, views; --format=csv has all)\n";
  }
}

}  // namespace

std::string CountingText(v1::ReluConvention counting) {
  switch (counting) {
    case v1::RELU_CONVENTION_WITHOUT_STEM:
      return "without-stem: not the first one, behind the stem convolution";
    case v1::RELU_CONVENTION_WITHOUT_LAST:
      return "without-last: not the last one";
    case v1::RELU_CONVENTION_AFTER_MAX_POOL:
      return "after-max-pool: before a max pooling as the pool's outputs";
    default:
      return "as-written";
  }
}

std::string CountsSentence(const v1::Counts& counts) {
  return absl::StrCat(WithSeparators(counts.relu_elements()), " ReLU elements in ",
                      WithSeparators(counts.relu_calls()), " calls, ",
                      WithSeparators(counts.comparisons()), " comparisons beside them, ",
                      WithSeparators(counts.macs()), " MACs");
}

std::string DimensionsText(const v1::TensorShape& shape) {
  return shape.dimensions().empty() ? "scalar" : absl::StrJoin(shape.dimensions(), "x");
}

void PrintUnknownOperators(const v1::ImportNotes& notes, std::ostream& out) {
  if (notes.unknown_operators().empty()) return;
  out << "\n  Operators that nobody knows, tolerated by --unknown:\n";
  Table table({{"node", Align::kLeft}, {"operator", Align::kLeft}, {"elements"}});
  for (const v1::UnknownOperator& unknown : notes.unknown_operators()) {
    table.AddRow({Printable(unknown.node()), Printable(unknown.onnx_operator()),
                  WithSeparators(unknown.elements())});
  }
  table.Print(out, 4);
}

void PrintInspectionTable(const v1::Inspection& inspection, const std::string& label,
                          std::ostream& out) {
  out << Printable(label) << ": " << Ends(inspection.inputs()) << " -> "
      << Ends(inspection.outputs()) << "\n";
  if (inspection.counting() != v1::RELU_CONVENTION_AS_WRITTEN) {
    out << "  ReLUs are counted " << CountingText(inspection.counting()) << "\n";
  }
  PrintCounts(inspection.totals(), out);
  PrintLayers(inspection.layers(), out);
  PrintParameters(inspection, out);
  PrintUnknownOperators(inspection.notes(), out);
  out << "\n  " << inspection.model() << "\n";
}

void PrintLayersCsv(const LayerList& layers, std::ostream& out) {
  PrintCsvRow(out, {"layer",
                    "kind",
                    "onnx_operator",
                    "output_dimensions",
                    "relu_elements",
                    "relu_calls",
                    "comparisons",
                    "multiplications",
                    "squares",
                    "exponentials",
                    "reciprocals",
                    "macs",
                    "conv_macs",
                    "linear_macs",
                    "private_matmul_macs",
                    "parameters",
                    "output_elements",
                    "maxpool_comparisons",
                    "weight_products",
                    "truncations",
                    "weight_bits",
                    "output_bits"});
  for (const v1::Layer& layer : layers) {
    const v1::Counts& c = layer.counts();
    std::vector<std::string> row = {
        layer.node(), layer.kind(), layer.onnx_operator(),
        layer.outputs().empty() ? "" : DimensionsText(layer.outputs(0))};
    for (const int64_t value :
         {c.relu_elements(), c.relu_calls(), c.comparisons(), c.multiplications(), c.squares(),
          c.exponentials(), c.reciprocals(), c.macs(), c.conv_macs(), c.linear_macs(),
          c.private_matmul_macs(), c.parameters(), c.output_elements(), c.maxpool_comparisons(),
          c.weight_products(), c.truncations(), int64_t{layer.weight_bits()},
          int64_t{layer.outputs().empty() ? 0 : layer.outputs(0).bits()}}) {
      row.push_back(absl::StrCat(value));
    }
    PrintCsvRow(out, row);
  }
}

void PrintParametersCsv(const v1::Inspection& inspection, std::ostream& out) {
  PrintCsvRow(out, {"tensor", "data_type", "dimensions", "elements", "bytes"});
  for (const v1::ParameterTensor& tensor : inspection.parameters()) {
    PrintCsvRow(out, {tensor.name(), tensor.data_type(), absl::StrJoin(tensor.dimensions(), "x"),
                      absl::StrCat(tensor.elements()), absl::StrCat(tensor.bytes())});
  }
}

void PrintModelTable(const v1::Model& model, const LayerList& layers, std::ostream& out) {
  out << Printable(model.display_name()) << ": " << Ends(model.inputs()) << " -> "
      << Ends(model.outputs()) << "\n";
  PrintCounts(model.totals(), out);
  PrintLayers(layers, out);
  PrintUnknownOperators(model.notes(), out);
  out << "\n  " << model.name() << "\n";
}

}  // namespace picost::cli
