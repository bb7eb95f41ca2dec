#include "service/graph_loader.h"

#include <chrono>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/graph/onnx_wire.h"
#include "estimator/whatif/graph_edit.h"
#include "service/convert/edits.h"
#include "service/convert/enums.h"
#include "service/convert/layer_shapes.h"
#include "service/error_reason.h"
#include "service/serialize.h"

namespace picost::service {
namespace {

class Stopwatch {
 public:
  explicit Stopwatch(const std::function<void(const char* stage, double seconds)>& report)
      : report_(report), begin_(std::chrono::steady_clock::now()) {}

  // The time since the last lap is of this stage.
  void Lap(const char* stage) {
    const auto now = std::chrono::steady_clock::now();
    report_(stage, std::chrono::duration<double>(now - begin_).count());
    begin_ = now;
  }

 private:
  const std::function<void(const char* stage, double seconds)>& report_;
  std::chrono::steady_clock::time_point begin_;
};

// After the operations of the source, if it has any.
absl::StatusOr<std::shared_ptr<const LoadedGraph>> Edited(std::shared_ptr<const LoadedGraph> base,
                                                          const v1::GraphSource& source) {
  if (source.operations().empty()) return base;
  PICOST_ASSIGN_OR_RETURN(std::vector<whatif::EditOperation> operations,
                          FromProto(source.operations(), "graph.operations"));
  auto graph = whatif::ApplyEdit(base->graph, {base->graph.fingerprint(), std::move(operations)});
  if (!graph.ok()) return AtElement(graph.status(), "graph");
  count::OpCounts counts = count::CountOps(*graph);
  return std::make_shared<const LoadedGraph>(LoadedGraph{*std::move(graph), std::move(counts)});
}

}  // namespace

absl::StatusOr<std::shared_ptr<const LoadedGraph>> GraphLoader::Load(
    const v1::GraphSource& source) {
  if (source.source_case() == v1::GraphSource::kModel) {
    PICOST_ASSIGN_OR_RETURN(const auto registered, LoadRegistered(source.model()));
    return Edited(registered, source);
  }
  auto imported = Import(source);
  if (!imported.ok()) return WithReason(imported.status(), kModelRefused);
  return Edited(*std::move(imported), source);
}

absl::StatusOr<std::shared_ptr<const LoadedGraph>> GraphLoader::LoadUnfolded(
    const v1::GraphSource& source) {
  const bool registered = source.source_case() == v1::GraphSource::kModel;
  v1::GraphSource kept;
  if (registered) {
    PICOST_ASSIGN_OR_RETURN(
        kept, Kept(source.model(), source.model().substr(source.model().find('/') + 1)));
  }
  auto imported = Import(registered ? kept : source, /*fold_affine=*/false);
  if (!imported.ok()) return WithReason(imported.status(), kModelRefused);
  if (!registered) return Edited(*std::move(imported), source);
  PICOST_ASSIGN_OR_RETURN(const auto as_registered, Edited(*std::move(imported), kept));
  return Edited(as_registered, source);
}

absl::StatusOr<std::shared_ptr<const LoadedGraph>> GraphLoader::Import(
    const v1::GraphSource& source, bool fold_affine) const {
  absl::StatusOr<graph::Graph> graph = absl::InternalError("no source");
  Stopwatch stopwatch(on_stage_);
  if (source.source_case() == v1::GraphSource::kLayerShapes) {
    graph = GraphFromLayerShapes(source.layer_shapes());
  } else {
    graph::ImportOptions options{.unknown = FromProto(source.unknown_operators()),
                                 .limits = limits_,
                                 .fold_affine = fold_affine};
    options.dimensions.insert(source.dimensions().begin(), source.dimensions().end());
    options.trip_counts.insert(source.trip_counts().begin(), source.trip_counts().end());
    options.custom_operators = source.custom_operators();
    graph = graph::ImportOnnx(source.onnx(), options);
  }
  stopwatch.Lap("import");
  if (!graph.ok()) return graph.status();
  count::OpCounts counts = count::CountOps(*graph);
  stopwatch.Lap("count");
  return std::make_shared<const LoadedGraph>(LoadedGraph{*std::move(graph), std::move(counts)});
}

absl::StatusOr<std::shared_ptr<const LoadedGraph>> GraphLoader::LoadRegistered(
    const std::string& name) {
  const std::string id = name.substr(name.find('/') + 1);
  auto cached = cache_.Find(id);
  on_lookup_(cached != nullptr);
  if (cached != nullptr) return cached;
  PICOST_ASSIGN_OR_RETURN(const v1::GraphSource source, Kept(name, id));
  const auto again = [&name](std::string_view what) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat(name, " was created by another version of this server, ", std::string(what)),
        {.field = "graph.model", .mend = "Delete the model and create it again."});
  };
  auto imported = Import(source);
  if (imported.ok()) imported = Edited(*imported, source);
  if (!imported.ok()) return again("which read a file that this one refuses");
  if ((*imported)->graph.fingerprint() != id) return again("which read its file in another way");
  cache_.Insert(*imported);
  return imported;
}

absl::StatusOr<v1::GraphSource> GraphLoader::Kept(const std::string& name,
                                                  const std::string& id) const {
  PICOST_ASSIGN_OR_RETURN(const ModelRecord record, store_->Get(id));
  v1::GraphSource source;
  if (source.ParseFromString(record.source)) return source;
  return MakeError(absl::StatusCode::kDataLoss,
                   absl::StrCat("what the store keeps of ", name, " is damaged"),
                   {.mend = "Delete the model and create it again."});
}

absl::StatusOr<std::string> GraphLoader::SourceToKeep(const v1::GraphSource& source) const {
  if (source.source_case() != v1::GraphSource::kOnnx) return SerializeInOrder(source);
  v1::GraphSource kept;
  Stopwatch stopwatch(on_stage_);
  PICOST_ASSIGN_OR_RETURN(*kept.mutable_onnx(), graph::StripModel(source.onnx(), wire_limits()));
  stopwatch.Lap("strip");
  *kept.mutable_dimensions() = source.dimensions();
  *kept.mutable_trip_counts() = source.trip_counts();
  kept.set_custom_operators(source.custom_operators());
  *kept.mutable_operations() = source.operations();
  if (source.has_unknown_operators()) kept.set_unknown_operators(source.unknown_operators());
  return SerializeInOrder(kept);
}

}  // namespace picost::service
