#include "tests/spec/protocol_costs_doc.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "estimator/count/op_counts.h"
#include "estimator/graph/graph.h"
#include "estimator/primitives/catalog.h"
#include "estimator/primitives/form_texts.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/protocol.h"
#include "tests/support/graphs.h"

namespace picost::spec {
namespace {

using primitives::FormText;
using primitives::PrimitiveSpec;

constexpr char kIntroduction[] = R"(# What each protocol costs

Generated from the catalogue by `bazel run //tests/spec:protocol_costs > docs/protocol_costs.md`; a test holds this page
to the code. The code is the form: `estimator/primitives/` derives each one where it stands. The text beside it is for
reading; the example shows what the code says.

Status: `verified` equals measured or published bytes; `empirical` is within the stated bound of them; `derived` follows
from code or paper and was not compared with a measurement. It travels into answers.

Where rows and forms disagreed, the rows won. What that changed:

* Cheetah's average pooling, CrypTFlow2's average pooling and argmax, and the padding of CrypTFlow2's leaf OTs, open
  before, are now forms that equal every measured row: division is one 1-of-4 OT, two or three short comparisons and
  their conversion; every OT call is padded on its own, and each leaf digit class and each kind of triple is a call.
* Rounds are the direction changes of the transcript. They equal the measured ones, one less where a row is flagged.
* DELPHI's published total of garbled circuits counts the framing of a partly filled chunk in proportion (80 bytes of
  5 GB on ResNet-32); the plan counts it whole. ResNet-32's published upload has its last layer with a tenth of its size.

Letters: n elements (padded to 8), q radix-16 digits compared, T = 2q - 2 - ceil(log2 q) bit triples, D = ceil(log2 q)
levels, e ring bits rounded up to bytes, f bits truncated, s = 16 where T > 0, w window, d divisor, delta = ceil(log2 6d),
c = 2 comparisons where 2 (modulus mod d) < d, else 3, m bits of a table's index (of value and index in argmax), N ring
degree, r = field bits + 1 - 4 (q - 1), pad(x) OTs padded to 256, above 16,384 to 16,384.

)";

std::string Number(int64_t value) {
  std::string digits = std::to_string(value);
  for (int i = static_cast<int>(digits.size()) - 3; i > 0; i -= 3) {
    digits.insert(static_cast<size_t>(i), ",");
  }
  return digits;
}

std::string Text(std::string_view text) { return std::string(text); }

std::string Status(const PrimitiveSpec& spec) {
  std::string status = Text(primitives::FormStatusName(spec.status));
  if (spec.traffic_relative_bound > 0) {
    absl::StrAppend(&status, " (", spec.traffic_relative_bound * 100, " %)");
  }
  return status;
}

std::string Names(const PrimitiveSpec& spec) {
  std::string names;
  for (const auto& parameter : spec.parameters) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", parameter.name,
                    parameter.optional ? " (optional)" : "");
  }
  return names.empty() ? "none" : names;
}

std::string Example(const FormText& text) {
  const auto call = primitives::MakeCall(text.id, text.example, text.example_count,
                                         primitives::Phase::kOnline, primitives::Executor::kJoint);
  if (!call.ok()) return std::string(call.status().message());
  return absl::StrCat(
      Number(text.example_count), ": ", Number(call->traffic.client_to_server.value()), " / ",
      Number(call->traffic.server_to_client.value()), " / ", call->traffic.flights.value());
}

std::string Row(const PrimitiveSpec& spec, const std::map<std::string, FormText>& texts) {
  const auto found = texts.find(spec.id);
  if (found == texts.end()) return absl::StrCat("| `", spec.id, "` | | | | | | | | |\n");
  const FormText& text = found->second;
  const std::string parameters = text.example.DebugString();
  return absl::StrCat("| `", spec.id, "` | ", spec.unit, " | ", Names(spec), " | ",
                      Text(text.client_to_server), " | ", Text(text.server_to_client), " | ",
                      Text(text.flights), " | ", parameters.empty() ? "" : parameters + "; ",
                      Example(text), " | ", spec.citation, " | ", Status(spec), " |\n");
}

std::string Protocols() {
  std::string text =
      "## Protocols\n\n| id | title | source | left out | kept from offline to online | parameters "
      "(default, range) | status |\n|---|---|---|---|---|---|---|\n";
  for (const auto* protocol : protocols::AllProtocols()) {
    const auto& info = protocol->info();
    std::string parameters;
    for (const auto& p : info.parameters) {
      absl::StrAppend(&parameters, parameters.empty() ? "" : "; ", "`", p.name, "` ", p.meaning,
                      " (", p.default_value, ", ", p.minimum, " to ", p.maximum, "; ", p.source,
                      ")");
    }
    absl::StrAppend(&text, "| `", info.id, "` | ", info.title, " | ", info.citation, " | ",
                    info.leaves_out, " | ", info.keeps, " | ",
                    parameters.empty() ? "none" : parameters, " | ",
                    Text(primitives::FormStatusName(info.status)), " |\n");
  }
  return text;
}

// "yes", "local" or "no" of one node under one protocol.
const char* Planned(const protocols::Protocol& protocol, const graph::Graph& graph) {
  const auto plan = protocols::Plan(protocol.info().id, graph, count::CountOps(graph), {});
  if (!plan.ok()) return "no";
  // The result's own opening is no part of the node.
  for (const auto& call : plan->layers[0].calls) {
    if (call.spec->id != "shares.send") return "yes";
  }
  return "local";
}

std::string Matrix() {
  std::string text =
      "\n## Which nodes are planned\n\nOne small node of every kind, by protocol: `yes` has calls, "
      "`local` costs nothing by the protocol's own rule, `no` is\nrefused as UNIMPLEMENTED, naming "
      "kind and protocol. The proxy `relu-count` plans ReLUs alone and calls the rest "
      "local.\nSecond operands of "
      "element-wise nodes: 1 private, 2 the server's weight, 3 public.\n\n| "
      "node |";
  for (const auto* protocol : protocols::AllProtocols()) {
    absl::StrAppend(&text, " ", protocol->info().id, " |");
  }
  absl::StrAppend(&text, "\n|---|");
  for (size_t i = 0; i < protocols::AllProtocols().size(); ++i) absl::StrAppend(&text, "---|");
  absl::StrAppend(&text, "\n");
  for (const auto& [name, graph] : testing_support::OneNodeGraphs()) {
    absl::StrAppend(&text, "| ", name, " |");
    for (const auto* protocol : protocols::AllProtocols()) {
      absl::StrAppend(&text, " ", Planned(*protocol, graph), " |");
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

}  // namespace

std::string ProtocolCostsDoc() {
  std::map<std::string, FormText> texts;
  for (const FormText& text : primitives::FormTexts()) texts.emplace(Text(text.id), text);
  std::string doc = kIntroduction;
  absl::StrAppend(&doc, Protocols(),
                  "\n## Primitives\n\nBytes of one call; the example column reads `parameters; "
                  "count: bytes up / bytes down / flights`.\n");
  // Families in the order in which they first occur.
  std::vector<std::string> families;
  std::map<std::string, std::string> rows;
  for (const PrimitiveSpec* spec : primitives::AllPrimitives()) {
    const std::string family = spec->id.substr(0, spec->id.find('.'));
    if (rows.count(family) == 0) families.push_back(family);
    rows[family] += Row(*spec, texts);
  }
  for (const std::string& family : families) {
    absl::StrAppend(&doc, "\n### ", family,
                    "\n\n| primitive | counts | parameters | client to server | server to client "
                    "| flights | example | source | status |\n|---|---|---|---|---|---|---|---|---|"
                    "\n",
                    rows[family]);
  }
  return absl::StrCat(doc, Matrix());
}

}  // namespace picost::spec
