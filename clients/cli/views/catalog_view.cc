#include "clients/cli/views/catalog_view.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/views/calls_view.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

// Rows that become a table, or CSV under the same titles.
class List {
 public:
  explicit List(std::vector<Table::Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  void Print(bool csv, const char* none, std::ostream& out) const {
    if (csv) {
      std::vector<std::string> titles;
      for (const Table::Column& column : columns_) titles.push_back(column.title);
      PrintCsvRow(out, titles);
      for (const auto& row : rows_) PrintCsvRow(out, row);
      return;
    }
    if (rows_.empty()) {
      out << none << "\n";
      return;
    }
    Table table(columns_);
    for (auto row : rows_) {
      for (std::string& cell : row) cell = Printable(cell);
      table.AddRow(std::move(row));
    }
    table.Print(out, 0);
  }

 private:
  std::vector<Table::Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

std::string Id(const std::string& name) { return name.substr(name.find('/') + 1); }

std::string Number(int64_t value, bool csv) {
  return csv ? absl::StrCat(value) : WithSeparators(value);
}

std::string FamilyText(v1::PrimitiveFamily family) {
  switch (family) {
    case v1::PRIMITIVE_FAMILY_GARBLING:
      return "garbling";
    case v1::PRIMITIVE_FAMILY_OBLIVIOUS_TRANSFER:
      return "oblivious-transfer";
    case v1::PRIMITIVE_FAMILY_HOMOMORPHIC:
      return "homomorphic";
    case v1::PRIMITIVE_FAMILY_SECRET_SHARING:
      return "secret-sharing";
    case v1::PRIMITIVE_FAMILY_PLAINTEXT:
      return "plaintext";
    case v1::PRIMITIVE_FAMILY_WHOLE_PROTOCOL:
      return "whole-protocol";
    default:
      return "?";
  }
}

std::string OriginText(v1::TableOrigin origin) {
  switch (origin) {
    case v1::TABLE_ORIGIN_MEASURED:
      return "measured";
    case v1::TABLE_ORIGIN_PUBLISHED:
      return "published";
    case v1::TABLE_ORIGIN_SYNTHETIC:
      return "synthetic";
    default:
      return "?";
  }
}

std::string CoverageText(const v1::Protocol& protocol) {
  int measured = 0;
  int published = 0;
  int none = 0;
  for (const v1::PrimitiveCoverage& primitive : protocol.primitives()) {
    if (!primitive.measured_tables().empty()) {
      ++measured;
    } else if (!primitive.published_tables().empty()) {
      ++published;
    } else {
      ++none;
    }
  }
  return absl::StrCat(measured, " / ", published, " / ", none);
}

std::string ParameterDefaults(const v1::Protocol& protocol) {
  std::vector<std::string> texts;
  for (const v1::ProtocolParameter& parameter : protocol.parameters()) {
    texts.push_back(absl::StrCat(parameter.name(), "=", parameter.default_value()));
  }
  return absl::StrJoin(texts, " ");
}

std::string TablesText(const v1::Machine& machine) {
  std::vector<std::string> texts;
  for (const v1::TableBinding& binding : machine.tables()) {
    std::vector<std::string> tables;
    for (const v1::ScaledTable& scaled : binding.scaled_tables()) {
      tables.push_back(absl::StrCat(Id(scaled.table()).substr(0, 12), " scaled"));
    }
    for (const std::string& table : binding.tables()) tables.push_back(Id(table).substr(0, 12));
    texts.push_back(absl::StrCat(FamilyText(binding.family()), "=", absl::StrJoin(tables, "+")));
  }
  return absl::StrJoin(texts, " ");
}

std::vector<std::string> LinkCells(const v1::NetworkProfile& network, bool csv) {
  if (csv) {
    return {ExactNumber(network.round_trip_seconds()),
            ExactNumber(network.client_to_server_bytes_per_second()),
            ExactNumber(network.server_to_client_bytes_per_second())};
  }
  return {HumanSeconds(network.round_trip_seconds()),
          HumanRate(network.client_to_server_bytes_per_second()),
          HumanRate(network.server_to_client_bytes_per_second())};
}

std::vector<Table::Column> LinkColumns(bool csv) {
  if (csv) {
    return {{"round_trip_seconds"},
            {"client_to_server_bytes_per_second"},
            {"server_to_client_bytes_per_second"}};
  }
  return {{"round trip"}, {"up"}, {"down"}};
}

}  // namespace

void PrintList(const v1::ListModelsResponse& response, bool csv, std::ostream& out) {
  List list({{csv ? "display_name" : "display name", Align::kLeft},
             {"nodes"},
             {csv ? "relu_elements" : "ReLU elements"},
             {csv ? "macs" : "MACs"},
             {"name", Align::kLeft}});
  for (const v1::Model& model : response.models()) {
    list.Add({model.display_name(), Number(model.node_count(), csv),
              Number(model.totals().relu_elements(), csv), Number(model.totals().macs(), csv),
              model.name()});
  }
  list.Print(csv, "No models. Register some: picost models register FILE.", out);
}

void PrintList(const v1::ListProtocolsResponse& response, bool csv, std::ostream& out) {
  List list(
      {{"protocol", Align::kLeft},
       {"version", Align::kLeft},
       {"traffic", Align::kLeft},
       {csv ? "primitives_measured_published_none" : "primitives measured / published / none"},
       {"title", Align::kLeft},
       {"defaults", Align::kLeft}});
  for (const v1::Protocol& protocol : response.protocols()) {
    list.Add({Id(protocol.name()), protocol.version(), FormStatusText(protocol.status()),
              CoverageText(protocol), protocol.title(), ParameterDefaults(protocol)});
  }
  list.Print(csv, "No protocols.", out);
}

void PrintList(const v1::ListRewritesResponse& response, bool csv, std::ostream& out) {
  List list({{"rewrite", Align::kLeft},
             {"kind", Align::kLeft},
             {"title", Align::kLeft},
             {"source", Align::kLeft}});
  for (const v1::Rewrite& rewrite : response.rewrites()) {
    list.Add({Id(rewrite.name()), rewrite.exact() ? "exact" : "needs retraining", rewrite.title(),
              rewrite.source()});
  }
  list.Print(csv, "No rewrites.", out);
}

void PrintProtocol(const v1::Protocol& protocol, bool csv, std::ostream& out) {
  if (!csv) {
    out << protocol.title() << " (" << Id(protocol.name()) << ", plans of version "
        << protocol.version() << ")\n  source    " << protocol.citation() << "\n  left out  "
        << protocol.leaves_out() << "\n  kept      " << protocol.keeps() << "\n  traffic   "
        << FormStatusText(protocol.status()) << "\n\n";
  }
  List parameters({{"parameter", Align::kLeft},
                   {"default"},
                   {"least"},
                   {"most"},
                   {"meaning", Align::kLeft},
                   {"source", Align::kLeft}});
  for (const v1::ProtocolParameter& parameter : protocol.parameters()) {
    parameters.Add({parameter.name(), absl::StrCat(parameter.default_value()),
                    absl::StrCat(parameter.minimum()), absl::StrCat(parameter.maximum()),
                    parameter.meaning(), parameter.source()});
  }
  parameters.Print(csv, "No parameters.", out);
  if (csv) return;
  out << "\n";
  List primitives({{"primitive", Align::kLeft}, {"tables", Align::kLeft}});
  for (const v1::PrimitiveCoverage& primitive : protocol.primitives()) {
    std::vector<std::string> tables;
    for (const std::string& table : primitive.measured_tables()) tables.push_back(Id(table));
    for (const std::string& table : primitive.published_tables()) {
      tables.push_back(absl::StrCat(Id(table), " (published)"));
    }
    primitives.Add({Id(primitive.primitive()),
                    tables.empty() ? "none: no seconds" : absl::StrJoin(tables, " ")});
  }
  primitives.Print(csv, "No primitives.", out);
}

void PrintList(const v1::ListOperatorsResponse& response, bool csv, std::ostream& out) {
  List list({{"domain", Align::kLeft},
             {"operator", Align::kLeft},
             {csv ? "minimum_opset" : "from opset"},
             {csv ? "maximum_opset" : "to opset"},
             {csv ? "counted_as" : "counted as", Align::kLeft}});
  for (const v1::Operator& op : response.operators()) {
    list.Add({op.domain(), op.type(), absl::StrCat(op.minimum_opset()),
              op.maximum_opset() == 0 ? "" : absl::StrCat(op.maximum_opset()), op.counted_as()});
  }
  list.Print(csv, "No operators.", out);
}

void PrintList(const v1::ListPrimitivesResponse& response, bool csv, std::ostream& out) {
  List list({{"primitive", Align::kLeft},
             {"family", Align::kLeft},
             {"unit", Align::kLeft},
             {"traffic", Align::kLeft},
             {"citation", Align::kLeft}});
  for (const v1::Primitive& primitive : response.primitives()) {
    list.Add({Id(primitive.name()), FamilyText(primitive.family()), primitive.unit(),
              FormStatusText(primitive.status()), primitive.citation()});
  }
  list.Print(csv, "No primitives.", out);
}

void PrintList(const v1::ListDeploymentsResponse& response, bool csv, std::ostream& out) {
  std::vector<Table::Column> columns = {{"deployment", Align::kLeft}, {"network", Align::kLeft}};
  for (auto& column : LinkColumns(csv)) columns.push_back(column);
  columns.push_back({csv ? "client_tables" : "client's tables", Align::kLeft});
  columns.push_back({csv ? "server_tables" : "server's tables", Align::kLeft});
  List list(columns);
  for (const v1::Deployment& deployment : response.deployments()) {
    std::vector<std::string> row = {Id(deployment.name()), Id(deployment.network().name())};
    for (auto& cell : LinkCells(deployment.network(), csv)) row.push_back(cell);
    const std::string client = TablesText(deployment.client());
    const std::string server = TablesText(deployment.server());
    row.push_back(client);
    row.push_back(!csv && client == server ? "(the same)" : server);
    list.Add(row);
  }
  list.Print(csv, "No deployments.", out);
}

void PrintList(const v1::ListNetworksResponse& response, bool csv, std::ostream& out) {
  std::vector<Table::Column> columns = {{"network", Align::kLeft}};
  for (auto& column : LinkColumns(csv)) columns.push_back(column);
  columns.push_back({"source", Align::kLeft});
  List list(columns);
  for (const v1::NetworkProfile& network : response.networks()) {
    std::vector<std::string> row = {Id(network.name())};
    for (auto& cell : LinkCells(network, csv)) row.push_back(cell);
    row.push_back(network.source());
    list.Add(row);
  }
  list.Print(csv, "No networks.", out);
}

void PrintList(const v1::ListTablesResponse& response, bool csv, std::ostream& out) {
  List list({{"table", Align::kLeft},
             {"names", Align::kLeft},
             {"origin", Align::kLeft},
             {"backend", Align::kLeft},
             {"date", Align::kLeft},
             {"samples"},
             {"primitives"},
             {"title", Align::kLeft}});
  for (const v1::CalibrationTableSummary& table : response.tables()) {
    std::vector<std::string> names;
    for (const std::string& alias : table.aliases()) names.push_back(Id(alias));
    list.Add({csv ? Id(table.name()) : Id(table.name()).substr(0, 12), absl::StrJoin(names, " "),
              OriginText(table.origin()), table.backend(), table.measure_date(),
              Number(table.sample_count(), csv), Number(table.primitives_size(), csv),
              table.title()});
  }
  list.Print(csv, "No tables.", out);
}

}  // namespace picost::cli
