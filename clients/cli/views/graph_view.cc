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
      {"multiplications", counts.multiplications()},
      {"squares", counts.squares()},
      {"exponentials", counts.exponentials()},
      {"reciprocals", counts.reciprocals()},
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
    table.AddRow({Printable(layer.node()), layer.kind(),
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
  PrintCounts(inspection.totals(), out);
  PrintLayers(inspection.layers(), out);
  PrintUnknownOperators(inspection.notes(), out);
  out << "\n  " << inspection.model() << "\n";
}

void PrintLayersCsv(const LayerList& layers, std::ostream& out) {
  PrintCsvRow(out,
              {"layer", "kind", "onnx_operator", "output_dimensions", "relu_elements", "relu_calls",
               "comparisons", "multiplications", "squares", "exponentials", "reciprocals", "macs",
               "conv_macs", "linear_macs", "private_matmul_macs", "parameters", "output_elements"});
  for (const v1::Layer& layer : layers) {
    const v1::Counts& c = layer.counts();
    std::vector<std::string> row = {
        layer.node(), layer.kind(), layer.onnx_operator(),
        layer.outputs().empty() ? "" : DimensionsText(layer.outputs(0))};
    for (const int64_t value :
         {c.relu_elements(), c.relu_calls(), c.comparisons(), c.multiplications(), c.squares(),
          c.exponentials(), c.reciprocals(), c.macs(), c.conv_macs(), c.linear_macs(),
          c.private_matmul_macs(), c.parameters(), c.output_elements()}) {
      row.push_back(absl::StrCat(value));
    }
    PrintCsvRow(out, row);
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
