#include "clients/cli/commands/upload.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "clients/cli/commands/command.h"
#include "clients/cli/mapped_file.h"
#include "clients/cli/model_argument.h"
#include "clients/cli/views/catalog_view.h"
#include "clients/cli/views/json.h"
#include "clients/cli/views/numbers.h"
#include "clients/cli/views/progress.h"

namespace picost::cli {
namespace {

constexpr size_t kChunkBytes = 1 << 20;

}  // namespace

Result<v1::Model> Upload(v1::UploadModelHeader header, std::string_view bytes,
                         Connection& connection, const Environment& environment) {
  grpc::ClientContext context;
  v1::Model model;
  const auto writer = connection.models->UploadModel(&context, &model);
  header.set_total_bytes(static_cast<int64_t>(bytes.size()));
  v1::UploadModelRequest request;
  *request.mutable_header() = std::move(header);
  // A write that fails means that the server has refused: Finish tells why.
  bool goes_on = writer->Write(request);
  for (size_t at = 0; goes_on && at < bytes.size(); at += kChunkBytes) {
    request.set_chunk(std::string(bytes.substr(at, kChunkBytes)));
    goes_on = writer->Write(request);
    if (goes_on && environment.err_is_terminal && bytes.size() > kChunkBytes) {
      ShowProgress(std::min(bytes.size(), at + kChunkBytes), bytes.size(), "bytes",
                   *environment.err);
    }
  }
  if (goes_on) writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return FailureOf(status);
  return model;
}

std::optional<Failure> RunModelsUpload(const Options& options, const Environment& environment) {
  const std::string& path = options.positional[0];
  const auto file = MappedFile::Open(path);
  if (const Failure* failure = FailureIn(file)) return *failure;
  auto connected = Connect(options, environment);
  if (const Failure* failure = FailureIn(connected)) return *failure;
  Connection& connection = *std::get<std::shared_ptr<Connection>>(connected);
  v1::UploadModelHeader header;
  header.set_display_name(options.name.empty() ? std::filesystem::path(path).stem().string()
                                               : options.name);
  if (auto failure = SetReadingOptions(options, *header.mutable_graph())) return *failure;
  const auto created =
      Upload(std::move(header), std::get<std::shared_ptr<MappedFile>>(file)->bytes(), connection,
             environment);
  if (const Failure* failure = FailureIn(created)) return *failure;
  v1::ListModelsResponse list;
  *list.add_models() = std::get<v1::Model>(created);
  PrintWarnings(list.models(0).notes(), environment);
  if (options.format == Format::kJson) {
    PrintJson(list, *environment.out);
  } else {
    PrintList(list, options.format == Format::kCsv, *environment.out);
  }
  return std::nullopt;
}

Result<v1::Model> Register(const ModelArgument& model, const std::string& display_name,
                           Connection& connection, const Environment& environment) {
  if (model.graph.onnx().size() > kMaxInlineBytes) {
    v1::UploadModelHeader header;
    *header.mutable_graph() = model.graph;
    header.mutable_graph()->clear_source();
    header.set_display_name(display_name);
    return Upload(std::move(header), model.graph.onnx(), connection, environment);
  }
  v1::CreateModelRequest request;
  *request.mutable_graph() = model.graph;
  request.set_display_name(display_name);
  return Call(*connection.models, &v1::Models::Stub::CreateModel, request);
}

Result<std::string> RegisteredModel(const std::string& argument, const Options& options,
                                    Connection& connection, const Environment& environment) {
  const auto resolved = ResolveModel(argument, options, connection, environment);
  if (const Failure* failure = FailureIn(resolved)) return *failure;
  const auto& model = std::get<ModelArgument>(resolved);
  if (!model.graph.model().empty()) return model.graph.model();
  const auto created = Register(model, model.label, connection, environment);
  if (const Failure* failure = FailureIn(created)) return *failure;
  return std::get<v1::Model>(created).name();
}

}  // namespace picost::cli
