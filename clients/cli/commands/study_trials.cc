// Trials on their way in and out: picost study log, import, export.
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/deployment_choices.h"
#include "clients/cli/commands/open_study.h"
#include "clients/cli/commands/subject.h"
#include "clients/cli/commands/upload.h"
#include "clients/cli/edit_json.h"
#include "clients/cli/mapped_file.h"
#include "clients/cli/trial_lines.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/progress.h"
#include "clients/cli/views/study_view.h"

namespace picost::cli {
namespace {

namespace pb = google::protobuf;

// As the Python client: well below the 1,000 that one call takes.
constexpr size_t kBatch = 500;

// Protocol and deployment of the flags, where they are given.
std::optional<Failure> SetPlace(const Options& options, v1::Trial& trial) {
  if (options.protocols.size() > 1) return BadArgument("a trial runs under one protocol");
  if (!options.protocols.empty()) {
    *trial.mutable_protocol() = ChooseProtocol(options.protocols.front(), options);
  }
  if (options.deployments.empty() && options.networks.empty()) return std::nullopt;
  const auto chosen = DeploymentChoices(options);
  if (const Failure* failure = FailureIn(chosen)) return *failure;
  const auto& deployments = std::get<std::vector<DeploymentAsked>>(chosen);
  if (deployments.size() != 1) return BadArgument("a trial runs on one deployment and network");
  *trial.mutable_deployment() = deployments.front().choice;
  return std::nullopt;
}

std::optional<Failure> ReadEdit(const Options& options, v1::Trial& trial) {
  v1::Edit edit;
  for (const auto& [node, count] : options.study.kept) Keep(node, count, edit);
  if (!options.study.edit.empty()) {
    const auto file = MappedFile::Open(options.study.edit);
    if (const Failure* failure = FailureIn(file)) return *failure;
    pb::Struct object;
    const auto status = pb::util::JsonStringToMessage(
        std::string(std::get<std::shared_ptr<MappedFile>>(file)->bytes()), &object);
    std::optional<std::string> wrong;
    if (!status.ok()) wrong = absl::StrCat("no JSON object: ", std::string(status.message()));
    for (const auto& [name, value] : Sorted(object)) {
      if (!wrong && !ReadEditField(name, value, edit, wrong)) {
        wrong = absl::StrCat("'", name, "' is not kept (object) or operations (list)");
      }
    }
    if (wrong) return BadArgument(absl::StrCat(options.study.edit, ": ", *wrong));
  }
  *trial.mutable_operations() = edit.operations();
  return std::nullopt;
}

// The daemon counts within the batch: "requests[3].trial...". Files have lines.
Failure AtLine(Failure failure, const std::string& file, const std::vector<TrialLine>& lines,
               size_t begin, size_t end) {
  int64_t index = -1;
  const size_t at = failure.message.find("requests[");
  if (at != std::string::npos) {
    const size_t digits = at + sizeof("requests[") - 1;
    (void)absl::SimpleAtoi(
        failure.message.substr(digits, failure.message.find(']', digits) - digits), &index);
  }
  const bool known = index >= 0 && begin + static_cast<size_t>(index) < end;
  failure.message = absl::StrCat(
      file, ":",
      known ? absl::StrCat(lines[begin + static_cast<size_t>(index)].line)
            : absl::StrCat(lines[begin].line, "-", lines[end - 1].line),
      ": ", failure.message, begin > 0 ? ". The lines before are kept" : ". Nothing was added");
  return failure;
}

}  // namespace

std::optional<Failure> RunStudyLog(const Options& options, const Environment& environment) {
  if (auto failure = NeedsServer(options)) return failure;
  v1::AddTrialRequest request;
  v1::Trial& trial = *request.mutable_trial();
  if (auto failure = ReadEdit(options, trial)) return failure;
  if (options.protocols.empty()) return BadArgument("under which protocol? Give --protocol=ID");
  if (options.deployments.empty()) return BadArgument("where does it run? Give --deployment=NAME");
  if (auto failure = SetPlace(options, trial)) return failure;
  for (const auto& [metric, value] : options.study.metrics) {
    v1::ReportedMetric& to = *trial.add_metrics();
    to.set_metric(metric);
    to.set_value(value);
  }
  for (const std::string& tag : options.study.tags) trial.add_tags(tag);
  const auto found = Open(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const OpenStudy& opened = std::get<OpenStudy>(found);
  request.set_parent(opened.study.name());
  request.set_request_id(options.study.request_id);
  if (options.study.parent > 0) {
    trial.set_parent_trial(absl::StrCat(opened.study.name(), "/trials/", options.study.parent));
  }
  auto model = RegisteredModel(options.positional[1], options, *opened.connection, environment);
  if (const Failure* failure = FailureIn(model)) return *failure;
  trial.set_model(std::get<std::string>(std::move(model)));
  const auto added = Call(*opened.connection->studies, &v1::Studies::Stub::AddTrial, request);
  if (const Failure* failure = FailureIn(added)) return *failure;
  if (options.format == Format::kJson) {
    PrintJson(std::get<v1::Trial>(added), *environment.out);
    return std::nullopt;
  }
  const bool csv = options.format == Format::kCsv;
  PrintTrialHeader(opened.study, csv, *environment.out);
  PrintTrial(opened.study, std::get<v1::Trial>(added), csv, *environment.out);
  return std::nullopt;
}

std::optional<Failure> RunStudyImport(const Options& options, const Environment& environment) {
  if (auto failure = NeedsServer(options)) return failure;
  v1::Trial defaults;
  if (auto failure = SetPlace(options, defaults)) return failure;
  if (options.study.models.size() > 1) return BadArgument("lines without a model take one --model");
  if (!options.study.models.empty()) defaults.set_model(options.study.models.front());
  const auto found = Open(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const OpenStudy& opened = std::get<OpenStudy>(found);
  const std::string& path = options.positional[1];
  std::ifstream file;
  if (path != "-") {
    file.open(path);
    if (!file) return BadArgument(absl::StrCat("cannot read ", path));
  }
  auto read = ReadTrialLines(path, path == "-" ? std::cin : file, opened.study.name(), defaults);
  if (const Failure* failure = FailureIn(read)) return *failure;
  auto& lines = std::get<std::vector<TrialLine>>(read);
  std::map<std::string, std::string> models;  // as written -> resource name
  for (TrialLine& line : lines) {
    std::string& name = models[line.request.trial().model()];
    if (name.empty()) {
      auto model =
          RegisteredModel(line.request.trial().model(), options, *opened.connection, environment);
      if (const Failure* failure = FailureIn(model)) {
        return Failure{failure->exit_status,
                       absl::StrCat(path, ":", line.line, ": ", failure->message)};
      }
      name = std::get<std::string>(std::move(model));
    }
    line.request.mutable_trial()->set_model(name);
  }
  for (size_t begin = 0; begin < lines.size(); begin += kBatch) {
    const size_t end = std::min(lines.size(), begin + kBatch);
    v1::BatchAddTrialsRequest batch;
    batch.set_parent(opened.study.name());
    for (size_t i = begin; i < end; ++i) *batch.add_requests() = lines[i].request;
    const auto added = Call(*opened.connection->studies, &v1::Studies::Stub::BatchAddTrials, batch);
    if (const Failure* failure = FailureIn(added)) return AtLine(*failure, path, lines, begin, end);
    if (environment.err_is_terminal) {
      ShowProgress(end, lines.size(), "trials", *environment.err);
    }
  }
  *environment.err << lines.size() << " trials of " << path << " are in " << opened.study.name()
                   << "\n";
  return std::nullopt;
}

std::optional<Failure> RunStudyExport(const Options& options, const Environment& environment) {
  const auto found = Open(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  return ForEachTrial(std::get<OpenStudy>(found), [&](const v1::Trial& trial) {
    *environment.out << WriteTrialLine(trial) << "\n";
  });
}

}  // namespace picost::cli
