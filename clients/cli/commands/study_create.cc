// Studies begin and end: picost study create, picost study delete.
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/open_study.h"
#include "clients/cli/commands/upload.h"
#include "clients/cli/connection.h"
#include "clients/cli/mapped_file.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/study_view.h"

namespace picost::cli {
namespace {

namespace pb = google::protobuf;

std::optional<Failure> ReadStudy(const std::string& path, v1::Study& study) {
  const auto file = MappedFile::Open(path);
  if (const Failure* failure = FailureIn(file)) return *failure;
  const std::string text(std::get<std::shared_ptr<MappedFile>>(file)->bytes());
  std::string wrong;
  if (path.ends_with(".json")) {
    const auto status = pb::util::JsonStringToMessage(text, &study);
    if (!status.ok()) wrong = std::string(status.message());
  } else if (!pb::TextFormat::ParseFromString(text, &study)) {
    wrong = "no protobuf text; a file in JSON ends in .json";
  }
  if (wrong.empty()) return std::nullopt;
  return BadArgument(absl::StrCat(path, " holds no picost.v1.Study: ", wrong));
}

// "accuracy:max", "online_seconds:min:2.5".
std::optional<Failure> AddObjective(const std::string& text, v1::Study& study) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  double reference = 0;
  const bool referenced = parts.size() == 3;
  if (parts.size() < 2 || parts.size() > 3 || (parts[1] != "max" && parts[1] != "min") ||
      (referenced && !absl::SimpleAtod(parts[2], &reference))) {
    return BadArgument(absl::StrCat(
        "--objective takes METRIC:max or METRIC:min, perhaps with :REFERENCE; not '", text, "'"));
  }
  v1::Objective& objective = *study.add_objectives();
  objective.set_metric(parts[0]);
  objective.set_goal(parts[1] == "max" ? v1::OBJECTIVE_GOAL_MAXIMIZE : v1::OBJECTIVE_GOAL_MINIMIZE);
  if (referenced) objective.set_reference(reference);
  return std::nullopt;
}

// Budgets are the fields of a oneof, named like the metrics.
std::optional<Failure> AddBudget(const std::string& metric, double limit, v1::Study& study) {
  const pb::Descriptor& descriptor = *v1::SearchBudget::descriptor();
  const pb::FieldDescriptor* field = descriptor.FindFieldByName(metric);
  if (field == nullptr) {
    std::string names;
    for (int i = 0; i < descriptor.field_count(); ++i) {
      absl::StrAppend(&names, i > 0 ? ", " : "", descriptor.field(i)->name());
    }
    return BadArgument(
        absl::StrCat("--budget limits a predicted metric (", names, "), not '", metric, "'"));
  }
  v1::SearchBudget& budget = *study.add_budgets();
  if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE) {
    budget.GetReflection()->SetDouble(&budget, field, limit);
    return std::nullopt;
  }
  constexpr double kMost = 1e18;
  const auto whole = static_cast<int64_t>(limit < kMost && limit > -kMost ? limit : 0);
  if (static_cast<double>(whole) != limit) {
    return BadArgument(absl::StrCat("--budget=", metric, " takes a whole number"));
  }
  budget.GetReflection()->SetInt64(&budget, field, whole);
  return std::nullopt;
}

}  // namespace

std::optional<Failure> RunStudyCreate(const Options& options, const Environment& environment) {
  if (auto failure = NeedsServer(options)) return failure;
  v1::CreateStudyRequest request;
  request.set_study_id(StudyName(options.positional[0]).substr(sizeof("studies/") - 1));
  v1::Study& study = *request.mutable_study();
  if (!options.study.from.empty()) {
    if (auto failure = ReadStudy(options.study.from, study)) return failure;
  }
  for (const std::string& objective : options.study.objectives) {
    if (auto failure = AddObjective(objective, study)) return failure;
  }
  if (study.objectives().empty()) {
    for (const char* objective : {"accuracy:max", "online_seconds:min"}) {
      if (auto failure = AddObjective(objective, study)) return failure;
    }
  }
  for (const auto& [metric, limit] : options.study.budgets) {
    if (auto failure = AddBudget(metric, limit, study)) return failure;
  }
  if (!options.name.empty()) study.set_display_name(options.name);
  for (const std::string& deployment : options.deployments) {
    study.add_deployments(absl::StrCat("deployments/", deployment));
  }
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  for (const std::string& argument : options.study.models) {
    const auto name = RegisteredModel(argument, options, connection, environment);
    if (const Failure* failure = FailureIn(name)) return *failure;
    study.add_models(std::get<std::string>(name));
  }
  const auto created = Call(*connection.studies, &v1::Studies::Stub::CreateStudy, request);
  if (const Failure* failure = FailureIn(created)) return *failure;
  if (options.format == Format::kJson) {
    PrintJson(std::get<v1::Study>(created), *environment.out);
    return std::nullopt;
  }
  v1::ListStudiesResponse list;
  *list.add_studies() = std::get<v1::Study>(created);
  PrintStudies(list, options.format == Format::kCsv, *environment.out);
  return std::nullopt;
}

std::optional<Failure> RunStudyDelete(const Options& options, const Environment& environment) {
  if (auto failure = NeedsServer(options)) return failure;
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  for (const std::string& argument : options.positional) {
    v1::DeleteStudyRequest request;
    request.set_name(StudyName(argument));
    const auto deleted = Call(*connection.studies, &v1::Studies::Stub::DeleteStudy, request);
    if (const Failure* failure = FailureIn(deleted)) return *failure;
    *environment.err << "deleted " << request.name() << " with its trials\n";
  }
  return std::nullopt;
}

}  // namespace picost::cli
