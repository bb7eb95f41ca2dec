#include "clients/cli/model_argument.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/cli/mapped_file.h"
#include "clients/cli/sample_models.h"

namespace picost::cli {
namespace {

namespace fs = std::filesystem;

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_directory(path, error);
}

v1::UnknownOperatorPolicy ToProto(UnknownPolicy policy) {
  switch (policy) {
    case UnknownPolicy::kDefault:
    case UnknownPolicy::kError:
      return v1::UNKNOWN_OPERATOR_POLICY_ERROR;
    case UnknownPolicy::kUpperBound:
      return v1::UNKNOWN_OPERATOR_POLICY_UPPER_BOUND;
    case UnknownPolicy::kZero:
      return v1::UNKNOWN_OPERATOR_POLICY_ZERO;
  }
  return v1::UNKNOWN_OPERATOR_POLICY_ERROR;
}

// How a registered model was imported cannot be changed by asking about it.
Result<ModelArgument> Registered(const std::string& name, const std::string& label,
                                 const Options& options) {
  if (!options.dimensions.empty() || options.unknown != UnknownPolicy::kDefault ||
      !options.trip_counts.empty() || !options.custom_operators.empty()) {
    return BadArgument(absl::StrCat("'", label,
                                    "' is a registered model: --dim, --trip-count, --unknown and "
                                    "--custom-operators were chosen when it was registered"));
  }
  ModelArgument model{.label = label};
  model.graph.set_model(name);
  return model;
}

}  // namespace

std::optional<Failure> SetReadingOptions(const Options& options, v1::GraphSource& graph) {
  graph.mutable_dimensions()->insert(options.dimensions.begin(), options.dimensions.end());
  graph.mutable_trip_counts()->insert(options.trip_counts.begin(), options.trip_counts.end());
  if (options.unknown != UnknownPolicy::kDefault) {
    graph.set_unknown_operators(ToProto(options.unknown));
  }
  if (!options.custom_operators.empty()) {
    const auto file = MappedFile::Open(options.custom_operators);
    if (const Failure* failure = FailureIn(file)) return *failure;
    graph.set_custom_operators(std::string(std::get<std::shared_ptr<MappedFile>>(file)->bytes()));
  }
  return std::nullopt;
}

std::optional<v1::ReluConvention> CountingOf(const Options& options) {
  switch (options.counting) {
    case Counting::kDefault:
      return std::nullopt;
    case Counting::kAsWritten:
      return v1::RELU_CONVENTION_AS_WRITTEN;
    case Counting::kWithoutStem:
      return v1::RELU_CONVENTION_WITHOUT_STEM;
    case Counting::kWithoutLast:
      return v1::RELU_CONVENTION_WITHOUT_LAST;
    case Counting::kAfterMaxPool:
      return v1::RELU_CONVENTION_AFTER_MAX_POOL;
  }
  return std::nullopt;
}

Result<ModelArgument> ReadModelFile(const std::string& path, const Options& options,
                                    const Environment& environment) {
  const auto file = MappedFile::Open(path);
  if (const Failure* failure = FailureIn(file)) return *failure;
  const std::string_view bytes = std::get<std::shared_ptr<MappedFile>>(file)->bytes();
  ModelArgument model{.label = fs::path(path).stem().string()};
  // What cannot be stripped is sent as it is: the service says what is wrong with it.
  auto stripped = environment.strip_weights(bytes);
  model.graph.set_onnx(FailureIn(stripped) != nullptr ? std::string(bytes)
                                                      : std::get<std::string>(std::move(stripped)));
  if (auto failure = SetReadingOptions(options, model.graph)) return *failure;
  return model;
}

Result<ModelArgument> ResolveModel(const std::string& argument, const Options& options,
                                   Connection& connection, const Environment& environment) {
  if (argument.starts_with("models/")) return Registered(argument, argument, options);
  if (IsFile(argument)) return ReadModelFile(argument, options, environment);
  v1::ListModelsRequest request;
  request.set_display_name(argument);
  request.set_page_size(2);
  const auto found = Call(*connection.models, &v1::Models::Stub::ListModels, request);
  if (const Failure* failure = FailureIn(found)) return *failure;
  const auto& models = std::get<v1::ListModelsResponse>(found).models();
  if (models.size() > 1) {
    return BadArgument(absl::StrCat("several models are called '", argument,
                                    "': give one as models/..., see `picost models ls`"));
  }
  if (models.size() == 1) return Registered(models[0].name(), argument, options);
  const std::vector<std::string> samples = SampleModels(connection.data_dir);
  const SampleChoice choice = ChooseSample(argument, samples);
  if (!choice.name.empty()) {
    if (!choice.note.empty()) *environment.err << "note: " << choice.note << "\n";
    const fs::path sample = fs::path(connection.data_dir) / "models" / (choice.name + ".onnx");
    return ReadModelFile(sample.string(), options, environment);
  }
  std::vector<std::string> names = samples;
  v1::ListModelsRequest every;
  every.set_page_size(100);
  const auto listed = Call(*connection.models, &v1::Models::Stub::ListModels, every);
  if (const Failure* failure = FailureIn(listed)) return *failure;
  for (const v1::Model& model : std::get<v1::ListModelsResponse>(listed).models()) {
    if (!model.display_name().empty()) names.push_back(model.display_name());
  }
  const std::vector<std::string> near = NearNames(argument, names);
  return BadArgument(
      absl::StrCat("'", argument, "' is neither a file, nor a registered model, nor a sample model",
                   near.empty() ? "" : absl::StrCat(". Near it: ", absl::StrJoin(near, ", "))));
}

}  // namespace picost::cli
