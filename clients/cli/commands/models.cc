#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/commands/upload.h"
#include "clients/cli/connection.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/catalog_view.h"
#include "clients/cli/views/graph_view.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

// The resource name of a registered model, given by it or by its display name.
Result<std::string> NameOf(const std::string& argument, Connection& connection) {
  if (argument.starts_with("models/")) return argument;
  v1::ListModelsRequest request;
  request.set_display_name(argument);
  request.set_page_size(2);
  const auto found = Call(*connection.models, &v1::Models::Stub::ListModels, request);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const auto& models = std::get<v1::ListModelsResponse>(found).models();
  if (models.size() == 1) return models[0].name();
  return BadArgument(absl::StrCat(models.empty() ? "no registered model is" : "several models are",
                                  " called '", argument, "': see `picost models ls`"));
}

void PrintModels(const v1::ListModelsResponse& list, Format format, std::ostream& out) {
  if (format == Format::kJson) {
    PrintJson(list, out);
  } else {
    PrintList(list, format == Format::kCsv, out);
  }
}

// Warnings that every one of the files gave: of several, each may use another of
// the dimension names bound.
void PrintCommonWarnings(const v1::ListModelsResponse& registered, const Environment& environment) {
  std::map<std::string, int> counts;
  for (const v1::Model& model : registered.models()) {
    for (const std::string& warning : model.notes().warnings()) ++counts[warning];
  }
  v1::ImportNotes common;
  for (const auto& [warning, count] : counts) {
    if (count == registered.models_size()) common.add_warnings(warning);
  }
  PrintWarnings(common, environment);
}

Result<LayerList> AllLayers(const std::string& model, Connection& connection) {
  LayerList layers;
  v1::ListLayersRequest request;
  request.set_parent(model);
  do {
    const auto page = Call(*connection.models, &v1::Models::Stub::ListLayers, request);
    if (const Failure* failure = FailureIn(page)) return *failure;
    const auto& response = std::get<v1::ListLayersResponse>(page);
    layers.MergeFrom(response.layers());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return layers;
}

}  // namespace

std::optional<Failure> RunModelsList(const Options& options, const Environment& environment) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  v1::ListModelsRequest request;
  request.set_page_size(1000);
  v1::ListModelsResponse all;
  do {
    const auto page = Call(*connection.models, &v1::Models::Stub::ListModels, request);
    if (const Failure* failure = FailureIn(page)) return *failure;
    const auto& response = std::get<v1::ListModelsResponse>(page);
    all.mutable_models()->MergeFrom(response.models());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  // The server orders by fingerprint, which tells people nothing.
  std::stable_sort(
      all.mutable_models()->begin(), all.mutable_models()->end(),
      [](const v1::Model& a, const v1::Model& b) { return a.display_name() < b.display_name(); });
  PrintModels(all, options.format, *environment.out);
  return std::nullopt;
}

std::optional<Failure> RunModelsRegister(const Options& options, const Environment& environment) {
  if (!options.name.empty() && options.positional.size() > 1) {
    return BadArgument("--name names one model; several files are given");
  }
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  v1::ListModelsResponse registered;
  std::optional<Failure> first_failure;
  for (const std::string& path : options.positional) {
    const auto read = ReadModelFile(path, options, environment);
    std::optional<Failure> failure;
    if (const Failure* unreadable = FailureIn(read)) {
      failure = *unreadable;
    } else {
      const ModelArgument& model = std::get<ModelArgument>(read);
      const auto created = Register(model, options.name.empty() ? model.label : options.name,
                                    connection, environment);
      if (const Failure* refused = FailureIn(created)) {
        failure = *refused;
      } else {
        *registered.add_models() = std::get<v1::Model>(created);
      }
    }
    if (!failure) continue;
    // One bad file does not keep the others out; the status tells of the first.
    if (options.positional.size() == 1) return failure;
    *environment.err << "picost: " << Printable(path) << ": " << Printable(failure->message)
                     << "\n";
    if (!first_failure)
      first_failure = Failure{failure->exit_status, "some files were not registered"};
  }
  PrintCommonWarnings(registered, environment);
  PrintModels(registered, options.format, *environment.out);
  return first_failure;
}

std::optional<Failure> RunModelsShow(const Options& options, const Environment& environment) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  const auto name = NameOf(options.positional[0], connection);
  if (const Failure* failure = FailureIn(name)) return *failure;
  v1::GetModelRequest request;
  request.set_name(std::get<std::string>(name));
  const auto got = Call(*connection.models, &v1::Models::Stub::GetModel, request);
  if (const Failure* failure = FailureIn(got)) return *failure;
  const auto& model = std::get<v1::Model>(got);
  if (options.format == Format::kJson) {
    PrintJson(model, *environment.out);
    return std::nullopt;
  }
  const auto layers = AllLayers(model.name(), connection);
  if (const Failure* failure = FailureIn(layers)) return *failure;
  if (options.format == Format::kCsv) {
    PrintLayersCsv(std::get<LayerList>(layers), *environment.out);
  } else {
    PrintModelTable(model, std::get<LayerList>(layers), *environment.out);
  }
  return std::nullopt;
}

std::optional<Failure> RunModelsRemove(const Options& options, const Environment& environment) {
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  for (const std::string& argument : options.positional) {
    const auto name = NameOf(argument, connection);
    if (const Failure* failure = FailureIn(name)) return *failure;
    v1::DeleteModelRequest request;
    request.set_name(std::get<std::string>(name));
    const auto removed = Call(*connection.models, &v1::Models::Stub::DeleteModel, request);
    if (const Failure* failure = FailureIn(removed)) return *failure;
    *environment.err << "removed " << request.name() << "\n";
  }
  return std::nullopt;
}

}  // namespace picost::cli
