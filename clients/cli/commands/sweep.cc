// Scores a file of candidates against one model. What stands in the output already is
// left out, so that a sweep that was stopped goes on where it was.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/candidates.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/deployment_choices.h"
#include "clients/cli/commands/protocol_choices.h"
#include "clients/cli/commands/subject.h"
#include "clients/cli/connection.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/progress.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

constexpr size_t kBatch = 1000;
constexpr const char* kColumns[] = {"id",
                                    "relu_elements",
                                    "online_seconds",
                                    "online_low",
                                    "online_high",
                                    "offline_seconds",
                                    "online_bytes",
                                    "offline_bytes",
                                    "online_flights",
                                    "client_storage_bytes",
                                    "error"};

std::string Header() {
  std::string header;
  for (const char* column : kColumns) absl::StrAppend(&header, header.empty() ? "" : ",", column);
  return header;
}

// Ids that stand in the output. A last line that was cut off is removed.
Result<std::set<std::string>> Scored(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::set<std::string>{};
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const size_t whole = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
  if (whole > 0 && text.substr(0, text.find('\n')) != Header()) {
    return BadArgument(absl::StrCat(path, " is there and holds something else; name another file"));
  }
  std::set<std::string> ids;
  for (size_t at = text.find('\n') + 1; at < whole; at = text.find('\n', at) + 1) {
    ids.insert(CsvCells(std::string_view(text).substr(at, text.find('\n', at) - at)).front());
  }
  std::error_code error;
  std::filesystem::resize_file(path, whole, error);
  if (error) return Failure{kExitOther, absl::StrCat(path, ": ", error.message())};
  return ids;
}

std::vector<std::string> Row(const std::string& id, const v1::EditResult& result) {
  std::vector<std::string> row(std::size(kColumns));
  row[0] = id;
  if (result.has_error()) {
    row.back() = result.error().message();
    std::replace(row.back().begin(), row.back().end(), '\n', ' ');
    return row;
  }
  const v1::EditTotals& totals = result.totals();
  const auto bytes = [](const v1::PhaseTotals& phase) {
    return absl::StrCat(phase.client_to_server_bytes() + phase.server_to_client_bytes());
  };
  row[1] = absl::StrCat(totals.relu_elements());
  if (totals.online().has_latency_seconds()) {
    row[2] = ExactNumber(totals.online().latency_seconds().p50());
    row[3] = ExactNumber(totals.online().latency_seconds().low());
    row[4] = ExactNumber(totals.online().latency_seconds().high());
  }
  if (totals.offline().has_latency_seconds()) {
    row[5] = ExactNumber(totals.offline().latency_seconds().p50());
  }
  row[6] = bytes(totals.online());
  row[7] = bytes(totals.offline());
  row[8] = absl::StrCat(totals.online().flights());
  row[9] = absl::StrCat(totals.client_storage_bytes());
  return row;
}

}  // namespace

std::optional<Failure> RunSweep(const Options& options, const Environment& environment) {
  if (options.protocols.size() != 1 || AsksForAllProtocols(options)) {
    return BadArgument("under which protocol? Give one --protocol=ID");
  }
  const auto chosen = DeploymentChoices(options);
  if (const Failure* failure = FailureIn(chosen)) return *failure;
  const auto& deployments = std::get<std::vector<DeploymentAsked>>(chosen);
  if (deployments.size() != 1) return BadArgument("a sweep takes one deployment and network");
  const std::string& source = options.positional[1];
  const std::string& target = options.positional[2];
  std::ifstream file(source);
  if (!file) return BadArgument(absl::StrCat("cannot read ", source));
  auto read = ReadCandidates(source, file);
  if (const Failure* failure = FailureIn(read)) return *failure;
  const auto scored = Scored(target);
  if (const Failure* failure = FailureIn(scored)) return *failure;
  const auto& done = std::get<std::set<std::string>>(scored);
  std::vector<Candidate> open;
  for (Candidate& candidate : std::get<std::vector<Candidate>>(read)) {
    if (done.count(candidate.id) == 0) open.push_back(std::move(candidate));
  }
  const auto found = FindSubject(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const auto& [connection, model, rewrites] = std::get<Subject>(found);

  std::ofstream out(target, std::ios::app);
  if (done.empty() && std::filesystem::file_size(target) == 0) out << Header() << "\n";
  v1::EvaluateEditsRequest request;
  *request.mutable_graph() = model.graph;
  *request.mutable_protocol() = ChooseProtocol(options.protocols.front(), options);
  *request.mutable_deployment() = deployments.front().choice;
  size_t failed = 0;
  for (size_t begin = 0; begin < open.size(); begin += kBatch) {
    const size_t end = std::min(open.size(), begin + kBatch);
    request.clear_edits();
    for (size_t i = begin; i < end; ++i) *request.add_edits() = open[i].edit;
    const auto answered = Call(*connection->oracle, &v1::CostOracle::Stub::EvaluateEdits, request);
    if (const Failure* failure = FailureIn(answered)) return *failure;
    const auto& answer = std::get<v1::EvaluateEditsResponse>(answered);
    for (int i = 0; i < answer.results_size(); ++i) {
      failed += answer.results(i).has_error() ? 1 : 0;
      PrintCsvRow(out, Row(open[begin + static_cast<size_t>(i)].id, answer.results(i)));
    }
    out.flush();
    if (!out) return Failure{kExitOther, absl::StrCat("cannot write ", target)};
    if (environment.err_is_terminal) {
      ShowProgress(end, open.size(), "candidates", *environment.err);
    }
  }
  *environment.err << open.size() << " candidates scored, " << failed << " of them refused, "
                   << done.size() << " were there\n";
  return std::nullopt;
}

}  // namespace picost::cli
