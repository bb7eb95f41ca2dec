#include "service/validate.h"

#include <cmath>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::service {
namespace {

constexpr size_t kMaxIdBytes = 128;
constexpr size_t kModelIdBytes = 64;
constexpr size_t kMaxDisplayNameBytes = 256;
constexpr int kMaxDimensions = 256;
constexpr int kMaxTripCounts = 256;
constexpr size_t kMaxCustomOperatorBytes = 256 << 10;
constexpr size_t kMaxParameterNameBytes = 4096;
constexpr int kMaxParameters = 64;
constexpr int kMaxProtocols = 64;
constexpr int kMaxRewrites = 32;
constexpr int kMaxTablesPerBinding = 16;
constexpr int kMaxProbes = 10;
constexpr double kMaxProbeSeconds = 1e6;
constexpr int64_t kMaxThreads = 4096;
constexpr double kMaxRoundTripSeconds = 3600;
constexpr double kMaxBytesPerSecond = 1e15;
constexpr double kMaxRelativeDeviation = 10;

absl::Status Invalid(std::string what, std::string_view field, std::string mend) {
  return MakeError(absl::StatusCode::kInvalidArgument, std::move(what),
                   {.field = std::string(field), .mend = std::move(mend)});
}

std::string Path(std::string_view parent, std::string_view member) {
  return absl::StrCat(std::string(parent), ".", std::string(member));
}

// NaN is in no range.
absl::Status CheckRange(double value, double low, bool low_allowed, double high,
                        const std::string& field) {
  if ((low_allowed ? value >= low : value > low) && value <= high) return absl::OkStatus();
  return Invalid(
      absl::StrCat(field, " is ", value), field,
      absl::StrCat("Use a number ", low_allowed ? "from " : "above ", low, " to ", high, "."));
}

// Map entries have no order: the least offending name keeps the message stable.
absl::Status CheckBindings(const google::protobuf::Map<std::string, int64_t>& bindings, int most,
                           int64_t least, std::string_view what, const std::string& field,
                           std::string mend) {
  if (static_cast<int>(bindings.size()) > most) {
    return Invalid(absl::StrCat(bindings.size(), " ", std::string(what), "s are bound"), field,
                   absl::StrCat("Bind at most ", most, "."));
  }
  std::string offending;
  for (const auto& [name, value] : bindings) {
    const bool wrong = value < least || name.empty() || name.size() > kMaxParameterNameBytes;
    if (wrong && (offending.empty() || name < offending)) {
      offending = name.empty() ? "(no name)" : name.substr(0, 64);
    }
  }
  if (offending.empty()) return absl::OkStatus();
  return Invalid(
      absl::StrCat(std::string(what), " '", offending, "' is not bound to ", least, " or more"),
      field, std::move(mend));
}

// How an ONNX file is to be read: for other sources it was said before.
absl::Status CheckReadingOptions(const v1::GraphSource& graph, std::string_view field) {
  PICOST_RETURN_IF_ERROR(CheckBindings(graph.dimensions(), kMaxDimensions, 1, "dimension",
                                       Path(field, "dimensions"),
                                       "Bind it to the size it has in one inference."));
  PICOST_RETURN_IF_ERROR(CheckBindings(graph.trip_counts(), kMaxTripCounts, 0, "trip count",
                                       Path(field, "trip_counts"),
                                       "Bind it to the iterations of one inference."));
  if (graph.custom_operators().size() > kMaxCustomOperatorBytes) {
    return Invalid(absl::StrCat("custom_operators has ", graph.custom_operators().size(), " bytes"),
                   Path(field, "custom_operators"),
                   absl::StrCat("Use at most ", kMaxCustomOperatorBytes, "."));
  }
  if (graph.has_unknown_operators() &&
      (graph.unknown_operators() == v1::UNKNOWN_OPERATOR_POLICY_UNSPECIFIED ||
       !v1::UnknownOperatorPolicy_IsValid(graph.unknown_operators()))) {
    return Invalid("unknown_operators is set to no policy", Path(field, "unknown_operators"),
                   "Leave it away, or set UNKNOWN_OPERATOR_POLICY_ERROR, _UPPER_BOUND or _ZERO.");
  }
  return absl::OkStatus();
}

absl::Status ValidateScaledTable(const v1::ScaledTable& scaled, const std::string& field) {
  PICOST_RETURN_IF_ERROR(
      ParseResourceName(scaled.table(), "tables", Path(field, "table")).status());
  if (!scaled.reference().empty()) {
    PICOST_RETURN_IF_ERROR(
        ParseResourceName(scaled.reference(), "tables", Path(field, "reference")).status());
  }
  if (scaled.probes().empty() || scaled.probes_size() > kMaxProbes) {
    return Invalid(absl::StrCat(scaled.probes_size(), " probes"), Path(field, "probes"),
                   absl::StrCat("Send 1 to ", kMaxProbes, "."));
  }
  if (scaled.machine().size() > kMaxDisplayNameBytes) {
    return Invalid(absl::StrCat("machine has ", scaled.machine().size(), " bytes"),
                   Path(field, "machine"), absl::StrCat("Use at most ", kMaxDisplayNameBytes, "."));
  }
  for (int i = 0; i < scaled.probes_size(); ++i) {
    const v1::Probe& probe = scaled.probes(i);
    const std::string path = Path(field, absl::StrCat("probes[", i, "]"));
    PICOST_RETURN_IF_ERROR(
        ParseResourceName(probe.primitive(), "primitives", Path(path, "primitive")).status());
    if (probe.parameters_size() > kMaxParameters) {
      return Invalid(absl::StrCat(probe.parameters_size(), " parameters are set"),
                     Path(path, "parameters"), absl::StrCat("Set at most ", kMaxParameters, "."));
    }
    if (probe.executor() == v1::EXECUTOR_UNSPECIFIED || !v1::Executor_IsValid(probe.executor())) {
      return Invalid("executor is set to nobody", Path(path, "executor"),
                     "Set EXECUTOR_CLIENT, _SERVER or _JOINT.");
    }
    PICOST_RETURN_IF_ERROR(CheckRange(probe.wall_seconds(), 0, /*low_allowed=*/false,
                                      kMaxProbeSeconds, Path(path, "wall_seconds")));
  }
  return absl::OkStatus();  // parameters and count are the primitive's: scaling checks them
}

absl::Status ValidateMachine(const v1::Machine& machine, const std::string& field) {
  std::set<int> families;
  for (const v1::TableBinding& binding : machine.tables()) {
    const std::string path = Path(field, "tables");
    if (binding.family() == v1::PRIMITIVE_FAMILY_UNSPECIFIED ||
        !v1::PrimitiveFamily_IsValid(binding.family())) {
      return Invalid("a table binding names no primitive family", Path(path, "family"),
                     "Set one of PRIMITIVE_FAMILY_....");
    }
    if (!families.insert(binding.family()).second) {
      return Invalid(absl::StrCat(v1::PrimitiveFamily_Name(binding.family()), " is bound twice"),
                     Path(path, "family"), "List all its tables in one binding.");
    }
    const int tables = binding.tables_size() + binding.scaled_tables_size();
    if (tables == 0 || tables > kMaxTablesPerBinding) {
      return Invalid(absl::StrCat("a binding lists ", tables, " tables"), Path(path, "tables"),
                     absl::StrCat("List 1 to ", kMaxTablesPerBinding, "."));
    }
    for (const std::string& table : binding.tables()) {
      PICOST_RETURN_IF_ERROR(ParseResourceName(table, "tables", Path(path, "tables")).status());
    }
    for (int i = 0; i < binding.scaled_tables_size(); ++i) {
      PICOST_RETURN_IF_ERROR(ValidateScaledTable(
          binding.scaled_tables(i), Path(path, absl::StrCat("scaled_tables[", i, "]"))));
    }
  }
  if (machine.has_threads() && (machine.threads() < 1 || machine.threads() > kMaxThreads)) {
    return Invalid(absl::StrCat("threads is ", machine.threads()), Path(field, "threads"),
                   absl::StrCat("Use 1 to ", kMaxThreads, "."));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ParseResourceName(std::string_view name, std::string_view collection,
                                              std::string_view field) {
  const std::string prefix = absl::StrCat(std::string(collection), "/");
  const auto wrong = [&](std::string_view what) {
    return Invalid(absl::StrCat(std::string(field), " ", std::string(what)), field,
                   absl::StrCat("Write it as ", prefix, "ID."));
  };
  if (name.empty()) return wrong("is missing");
  if (!name.starts_with(prefix)) return wrong("is no name of " + std::string(collection));
  const std::string_view id = name.substr(prefix.size());
  if (id.empty() || id.size() > kMaxIdBytes) return wrong("has no id of 1 to 128 characters");
  for (const char c : id) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '.' && c != '_' && c != '-') {
      return wrong("has an id with characters beside letters, digits, '.', '_' and '-'");
    }
  }
  return std::string(id);
}

absl::StatusOr<std::string> ParseModelName(std::string_view name, std::string_view field) {
  PICOST_ASSIGN_OR_RETURN(const std::string id, ParseResourceName(name, "models", field));
  const bool hex = id.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (id.size() != kModelIdBytes || !hex) {
    return Invalid(absl::StrCat("'", id, "' is no fingerprint"), field,
                   "Write models/ and 64 lower-case hexadecimal digits, as CreateModel answers.");
  }
  return id;
}

absl::Status ValidateDisplayName(std::string_view display_name) {
  if (display_name.size() > kMaxDisplayNameBytes) {
    return Invalid(absl::StrCat("display_name has ", display_name.size(), " bytes"), "display_name",
                   absl::StrCat("Use at most ", kMaxDisplayNameBytes, "."));
  }
  for (const char c : display_name) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      return Invalid("display_name holds control characters", "display_name", "Leave them away.");
    }
  }
  return absl::OkStatus();
}

absl::Status ValidateGraphSource(const v1::GraphSource& graph, std::string_view field) {
  const bool onnx = graph.source_case() == v1::GraphSource::kOnnx;
  switch (graph.source_case()) {
    case v1::GraphSource::SOURCE_NOT_SET:
      return Invalid("the request gives no network", field,
                     "Set one of model, onnx, layer_shapes.");
    case v1::GraphSource::kModel:
      PICOST_RETURN_IF_ERROR(ParseModelName(graph.model(), Path(field, "model")).status());
      break;
    case v1::GraphSource::kOnnx:
    case v1::GraphSource::kLayerShapes:
      break;  // their content is checked where it is read
  }
  if (!onnx && !graph.dimensions().empty()) {
    return Invalid("dimensions are bound, but the network is not given as ONNX",
                   Path(field, "dimensions"), "Bind them when the model is created.");
  }
  if (!onnx && graph.has_unknown_operators()) {
    return Invalid("a policy for unknown operators is set, but the network is not given as ONNX",
                   Path(field, "unknown_operators"), "Set it when the model is created.");
  }
  if (!onnx && !graph.trip_counts().empty()) {
    return Invalid("trip counts are bound, but the network is not given as ONNX",
                   Path(field, "trip_counts"), "Bind them when the model is created.");
  }
  if (!onnx && !graph.custom_operators().empty()) {
    return Invalid("custom operators are described, but the network is not given as ONNX",
                   Path(field, "custom_operators"), "Describe them when the model is created.");
  }
  return CheckReadingOptions(graph, field);
}

absl::Status ValidateCounting(bool present, v1::ReluConvention counting) {
  if (!present ||
      (counting != v1::RELU_CONVENTION_UNSPECIFIED && v1::ReluConvention_IsValid(counting))) {
    return absl::OkStatus();
  }
  return Invalid("counting is set to no convention", "counting",
                 "Leave it away, or set RELU_CONVENTION_AS_WRITTEN, _WITHOUT_STEM, _WITHOUT_LAST "
                 "or _AFTER_MAX_POOL.");
}

absl::Status ValidateProtocolChoice(const v1::ProtocolChoice& choice, std::string_view field) {
  PICOST_RETURN_IF_ERROR(
      ParseResourceName(choice.protocol(), "protocols", Path(field, "protocol")).status());
  if (choice.parameters_size() > kMaxParameters) {
    return Invalid(absl::StrCat(choice.parameters_size(), " parameters are set"),
                   Path(field, "parameters"), absl::StrCat("Set at most ", kMaxParameters, "."));
  }
  return absl::OkStatus();  // names and ranges are the protocol's: the planner checks them
}

absl::Status ValidateNetworkProfile(const v1::NetworkProfile& profile, std::string_view field) {
  PICOST_RETURN_IF_ERROR(CheckRange(profile.round_trip_seconds(), 0, /*low_allowed=*/true,
                                    kMaxRoundTripSeconds, Path(field, "round_trip_seconds")));
  PICOST_RETURN_IF_ERROR(CheckRange(profile.flight_overhead_seconds(), 0, /*low_allowed=*/true,
                                    kMaxRoundTripSeconds, Path(field, "flight_overhead_seconds")));
  PICOST_RETURN_IF_ERROR(CheckRange(profile.client_to_server_bytes_per_second(), 0,
                                    /*low_allowed=*/false, kMaxBytesPerSecond,
                                    Path(field, "client_to_server_bytes_per_second")));
  PICOST_RETURN_IF_ERROR(CheckRange(profile.server_to_client_bytes_per_second(), 0,
                                    /*low_allowed=*/false, kMaxBytesPerSecond,
                                    Path(field, "server_to_client_bytes_per_second")));
  PICOST_RETURN_IF_ERROR(CheckRange(profile.bandwidth_relative_stddev(), 0, /*low_allowed=*/true,
                                    kMaxRelativeDeviation,
                                    Path(field, "bandwidth_relative_stddev")));
  return CheckRange(profile.round_trip_relative_stddev(), 0, /*low_allowed=*/true,
                    kMaxRelativeDeviation, Path(field, "round_trip_relative_stddev"));
}

absl::Status ValidateDeploymentChoice(const v1::DeploymentChoice& choice, std::string_view field) {
  if (choice.choice_case() == v1::DeploymentChoice::CHOICE_NOT_SET) {
    return Invalid("the request names no deployment", field,
                   "Name one of ListDeployments, or spell one out: there is no default.");
  }
  if (choice.choice_case() == v1::DeploymentChoice::kName) {
    return ParseResourceName(choice.name(), "deployments", Path(field, "name")).status();
  }
  const v1::CustomDeployment& custom = choice.custom();
  const std::string path = Path(field, "custom");
  if (!custom.base().empty()) {
    PICOST_RETURN_IF_ERROR(
        ParseResourceName(custom.base(), "deployments", Path(path, "base")).status());
  } else if (custom.link_case() == v1::CustomDeployment::LINK_NOT_SET || !custom.has_client() ||
             !custom.has_server()) {
    return Invalid("a deployment without a base lacks its link, client or server", path,
                   "Set network or network_profile, client and server, or name a base.");
  }
  if (custom.link_case() == v1::CustomDeployment::kNetwork) {
    PICOST_RETURN_IF_ERROR(
        ParseResourceName(custom.network(), "networks", Path(path, "network")).status());
  }
  if (custom.link_case() == v1::CustomDeployment::kNetworkProfile) {
    PICOST_RETURN_IF_ERROR(
        ValidateNetworkProfile(custom.network_profile(), Path(path, "network_profile")));
  }
  PICOST_RETURN_IF_ERROR(ValidateMachine(custom.client(), Path(path, "client")));
  return ValidateMachine(custom.server(), Path(path, "server"));
}

absl::Status ValidateView(bool present, v1::EstimateView view) {
  if (!present || (view != v1::ESTIMATE_VIEW_UNSPECIFIED && v1::EstimateView_IsValid(view))) {
    return absl::OkStatus();
  }
  return Invalid("view is set to no view", "view",
                 "Leave it away, or set ESTIMATE_VIEW_TOTALS, _LAYERS or _CALLS.");
}

absl::Status ValidateRewrites(const google::protobuf::RepeatedPtrField<std::string>& rewrites) {
  if (rewrites.size() > kMaxRewrites) {
    return Invalid(absl::StrCat(rewrites.size(), " rewrites are asked for"), "rewrites",
                   absl::StrCat("Ask for at most ", kMaxRewrites, "."));
  }
  for (const std::string& rewrite : rewrites) {
    PICOST_RETURN_IF_ERROR(ParseResourceName(rewrite, "rewrites", "rewrites").status());
  }
  return absl::OkStatus();
}

absl::Status Validate(const v1::CreateModelRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  if (request.graph().source_case() == v1::GraphSource::kModel) {
    return Invalid("a model is created from the name of a model", "graph.model",
                   "Set onnx or layer_shapes.");
  }
  return ValidateDisplayName(request.display_name());
}

absl::Status Validate(const v1::UploadModelHeader& header) {
  if (header.graph().source_case() != v1::GraphSource::SOURCE_NOT_SET) {
    return Invalid("the header of an upload holds a network", "header.graph",
                   "Leave its source away: the file follows in chunks.");
  }
  if (header.total_bytes() < 0) {
    return Invalid(absl::StrCat("total_bytes is ", header.total_bytes()), "header.total_bytes",
                   "Set the size of the file, or 0 where it is not known.");
  }
  PICOST_RETURN_IF_ERROR(CheckReadingOptions(header.graph(), "header.graph"));
  return ValidateDisplayName(header.display_name());
}

absl::Status Validate(const v1::InspectRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  PICOST_RETURN_IF_ERROR(ValidateCounting(request.has_counting(), request.counting()));
  return ValidateView(request.has_view(), request.view());
}

absl::Status Validate(const v1::PlanRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  PICOST_RETURN_IF_ERROR(ValidateProtocolChoice(request.protocol(), "protocol"));
  PICOST_RETURN_IF_ERROR(ValidateRewrites(request.rewrites()));
  PICOST_RETURN_IF_ERROR(ValidateCounting(request.has_counting(), request.counting()));
  return ValidateView(request.has_view(), request.view());
}

absl::Status Validate(const v1::ComparePlansRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  if (request.protocols_size() > kMaxProtocols) {
    return Invalid(absl::StrCat(request.protocols_size(), " protocols are compared"), "protocols",
                   absl::StrCat("Compare at most ", kMaxProtocols, "."));
  }
  for (const v1::ProtocolChoice& choice : request.protocols()) {
    PICOST_RETURN_IF_ERROR(ValidateProtocolChoice(choice, "protocols"));
  }
  return ValidateRewrites(request.rewrites());
}

absl::Status Validate(const v1::EstimateRequest& request) {
  PICOST_RETURN_IF_ERROR(ValidateGraphSource(request.graph(), "graph"));
  PICOST_RETURN_IF_ERROR(ValidateProtocolChoice(request.protocol(), "protocol"));
  PICOST_RETURN_IF_ERROR(ValidateDeploymentChoice(request.deployment(), "deployment"));
  PICOST_RETURN_IF_ERROR(ValidateRewrites(request.rewrites()));
  PICOST_RETURN_IF_ERROR(ValidateCounting(request.has_counting(), request.counting()));
  return ValidateView(request.has_view(), request.view());
}

}  // namespace picost::service
