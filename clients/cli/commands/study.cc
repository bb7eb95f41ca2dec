#include <algorithm>
#include <variant>

#include "clients/cli/commands/command.h"
#include "clients/cli/commands/open_study.h"
#include "clients/cli/connection.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/study_view.h"

namespace picost::cli {
namespace {

// Trials that a plot shows: the last ones.
constexpr int64_t kPlotted = 20'000;

Result<v1::ParetoFront> FrontOf(const OpenStudy& opened) {
  v1::GetParetoFrontRequest request;
  request.set_parent(opened.study.name());
  return Call(*opened.connection->studies, &v1::Studies::Stub::GetParetoFront, request);
}

}  // namespace

std::optional<Failure> RunStudyList(const Options& options, const Environment& environment) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  v1::ListStudiesRequest request;
  request.set_page_size(1000);
  v1::ListStudiesResponse all;
  do {
    auto answer = Call(*connection.studies, &v1::Studies::Stub::ListStudies, request);
    if (const Failure* failure = FailureIn(answer)) return *failure;
    auto& page = std::get<v1::ListStudiesResponse>(answer);
    request.set_page_token(page.next_page_token());
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  if (options.format == Format::kJson) {
    PrintJson(all, *environment.out);
  } else {
    PrintStudies(all, options.format == Format::kCsv, *environment.out);
  }
  return std::nullopt;
}

std::optional<Failure> RunStudyShow(const Options& options, const Environment& environment) {
  auto found = Open(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const OpenStudy& opened = std::get<OpenStudy>(found);
  if (options.format == Format::kCsv) {
    // Every trial.
    PrintTrialHeader(opened.study, /*csv=*/true, *environment.out);
    return ForEachTrial(opened, [&](const v1::Trial& trial) {
      PrintTrial(opened.study, trial, /*csv=*/true, *environment.out);
    });
  }
  auto front = FrontOf(opened);
  if (const Failure* failure = FailureIn(front)) return *failure;
  if (options.format == Format::kJson) {
    PrintJson({&opened.study, &std::get<v1::ParetoFront>(front)}, *environment.out);
    return std::nullopt;
  }
  v1::GetTrialColumnsRequest request;
  request.set_parent(opened.study.name());
  request.set_after_number(std::max<int64_t>(0, opened.study.trial_count() - kPlotted));
  request.set_row_count(kPlotted);
  auto columns = Call(*opened.connection->studies, &v1::Studies::Stub::GetTrialColumns, request);
  if (const Failure* failure = FailureIn(columns)) return *failure;
  PrintStudy(opened.study, std::get<v1::ParetoFront>(front), std::get<v1::TrialColumns>(columns),
             *environment.out);
  return std::nullopt;
}

std::optional<Failure> RunStudyFront(const Options& options, const Environment& environment) {
  auto found = Open(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const OpenStudy& opened = std::get<OpenStudy>(found);
  auto front = FrontOf(opened);
  if (const Failure* failure = FailureIn(front)) return *failure;
  const auto& points = std::get<v1::ParetoFront>(front);
  if (options.format == Format::kJson) {
    PrintJson(points, *environment.out);
  } else {
    PrintFront(opened.study, points, options.format == Format::kCsv, *environment.out);
  }
  return std::nullopt;
}

std::optional<Failure> RunStudyWatch(const Options& options, const Environment& environment) {
  auto found = Open(options, environment);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const OpenStudy& opened = std::get<OpenStudy>(found);
  const bool csv = options.format == Format::kCsv;
  if (options.format != Format::kJson) PrintTrialHeader(opened.study, csv, *environment.out);
  v1::WatchTrialsRequest request;
  request.set_parent(opened.study.name());
  grpc::ClientContext context;
  const auto reader = opened.connection->studies->WatchTrials(&context, request);
  v1::WatchTrialsResponse response;
  while (reader->Read(&response)) {
    for (const v1::Trial& trial : response.trials()) {
      if (options.format == Format::kJson) {
        PrintJson(trial, *environment.out);
        environment.out->flush();
      } else {
        PrintTrial(opened.study, trial, csv, *environment.out);
      }
    }
    if (!*environment.out) context.TryCancel();  // nobody reads any more
  }
  const grpc::Status status = reader->Finish();
  if (status.ok() || !*environment.out) return std::nullopt;
  return FailureOf(status);
}

}  // namespace picost::cli
