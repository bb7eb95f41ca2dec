#include "clients/cli/commands/open_study.h"

#include <utility>
#include <variant>

namespace picost::cli {

std::string StudyName(const std::string& argument) {
  return argument.starts_with("studies/") ? argument : "studies/" + argument;
}

Result<OpenStudy> Open(const Options& options, const Environment& environment) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  OpenStudy opened{.connection = std::get<std::shared_ptr<Connection>>(connected), .study = {}};
  v1::GetStudyRequest request;
  request.set_name(StudyName(options.positional[0]));
  auto got = Call(*opened.connection->studies, &v1::Studies::Stub::GetStudy, request);
  if (const Failure* failure = FailureIn(got)) return *failure;
  opened.study = std::get<v1::Study>(std::move(got));
  return opened;
}

std::optional<Failure> NeedsServer(const Options& options) {
  if (!options.server.empty()) return std::nullopt;
  return BadArgument("studies are kept by a daemon: give --server=HOST:PORT");
}

std::optional<Failure> ForEachTrial(const OpenStudy& opened,
                                    const std::function<void(const v1::Trial&)>& visit) {
  v1::ListTrialsRequest request;
  request.set_parent(opened.study.name());
  request.set_page_size(1000);
  do {
    const auto answer = Call(*opened.connection->studies, &v1::Studies::Stub::ListTrials, request);
    if (const Failure* failure = FailureIn(answer)) return *failure;
    const auto& page = std::get<v1::ListTrialsResponse>(answer);
    for (const v1::Trial& trial : page.trials()) visit(trial);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return std::nullopt;
}

}  // namespace picost::cli
