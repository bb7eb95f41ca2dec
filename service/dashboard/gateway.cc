#include "service/dashboard/gateway.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <iterator>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace picost::service {
namespace {

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; });
}

constexpr std::string_view kPrefix = "/api";
constexpr std::chrono::seconds kPatience{60};

constexpr const char* kMethods[] = {
    "/picost.v1.Calibrations/EvaluateCalibration",
    "/picost.v1.Calibrations/ListMeasurements",
    "/picost.v1.Catalog/ListDeployments",
    "/picost.v1.Catalog/ListNetworks",
    "/picost.v1.Catalog/ListTables",
    "/picost.v1.CostOracle/EvaluateEdits",
    "/picost.v1.Models/GetModel",
    "/picost.v1.Models/ListLayers",
    "/picost.v1.Models/ListModels",
    "/picost.v1.Studies/GetParetoFront",
    "/picost.v1.Studies/GetStudy",
    "/picost.v1.Studies/GetTrial",
    "/picost.v1.Studies/GetTrialColumns",
    "/picost.v1.Studies/GetTrialLayers",
    "/picost.v1.Studies/ListStudies",
    "/picost.v1.Studies/ListTrials",
};

// As google.rpc.Code says of each.
int HttpStatus(int code) {
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kAlreadyExists:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string JsonString(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      absl::StrAppend(&quoted, "\\u00", std::string(1, kHex[byte >> 4]),
                      std::string(1, kHex[byte & 15]));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

AdminResponse Refusal(int code, std::string_view message) {
  return {.status = HttpStatus(code),
          .content_type = "application/json",
          .body = absl::StrCat("{\"code\": ", code, ", \"message\": ", JsonString(message), "}\n")};
}

AdminResponse Refusal(absl::StatusCode code, std::string_view message) {
  return Refusal(static_cast<int>(code), message);
}

const google::protobuf::MethodDescriptor* FindMethod(std::string_view path) {
  // "/picost.v1.Studies/GetStudy" -> picost.v1.Studies.GetStudy
  std::string name(path.substr(1));
  std::replace(name.begin(), name.end(), '/', '.');
  return google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(name);
}

std::unique_ptr<google::protobuf::Message> NewMessage(
    const google::protobuf::Descriptor* descriptor) {
  return std::unique_ptr<google::protobuf::Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
}

}  // namespace

std::vector<std::string> Gateway::Methods() { return {std::begin(kMethods), std::end(kMethods)}; }

AdminResponse Gateway::Handle(const AdminRequest& request) const {
  const std::string method = request.path.substr(kPrefix.size());
  if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods)) {
    return Refusal(absl::StatusCode::kNotFound, "the page's API has no such method");
  }
  // A form of another site cannot send this type.
  if (request.method != "POST" || !request.content_type.starts_with("application/json")) {
    return Refusal(absl::StatusCode::kInvalidArgument, "send JSON with POST");
  }
  const google::protobuf::MethodDescriptor* descriptor = FindMethod(method);
  if (descriptor == nullptr) return Refusal(absl::StatusCode::kUnimplemented, "no such method");

  const auto question = NewMessage(descriptor->input_type());
  const auto parsed = google::protobuf::util::JsonStringToMessage(request.body, question.get());
  if (!parsed.ok()) {
    return Refusal(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("not the JSON of ", descriptor->input_type()->full_name(), ": ",
                                std::string(parsed.message())));
  }
  grpc::Slice slice(question->SerializeAsString());
  grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  if (!request.authorization.empty()) {
    // gRPC aborts the process on metadata that HTTP/2 cannot carry.
    if (!IsPrintableAscii(request.authorization)) {
      return Refusal(absl::StatusCode::kUnauthenticated,
                     "the Authorization header holds bytes that are no printable ASCII");
    }
    context.AddMetadata("authorization", request.authorization);
  }
  grpc::GenericStub stub(channel_);
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &sent, &received,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  const grpc::Status status = done.get_future().get();
  if (!status.ok()) return Refusal(status.error_code(), status.error_message());

  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (received.Dump(&slices).ok()) {
    for (const grpc::Slice& part : slices) {
      bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
    }
  }
  const auto answer = NewMessage(descriptor->output_type());
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  AdminResponse response{.content_type = "application/json"};
  if (!answer->ParseFromString(bytes) ||
      !google::protobuf::util::MessageToJsonString(*answer, &response.body, options).ok()) {
    return Refusal(absl::StatusCode::kInternal, "the answer cannot be written as JSON");
  }
  return response;
}

}  // namespace picost::service
