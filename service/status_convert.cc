#include "service/status_convert.h"

#include <grpcpp/support/status.h>

#include <string>

#include "estimator/base/error.h"
#include "service/error_reason.h"
#include "service/utf8.h"
#include "third_party/googleapis/google/rpc/error_details.pb.h"

namespace picost::service {
namespace {

// gRPC sends trailers within a header list of 8 KiB by default; a message that
// names a thousand nodes must not lose the whole status.
constexpr size_t kMaxMessageBytes = 1024;
constexpr size_t kMaxFactBytes = 256;

std::string Clipped(std::string_view bytes, size_t limit = kMaxFactBytes) {
  if (bytes.size() <= limit) return ToUtf8(bytes);
  return ToUtf8(bytes.substr(0, limit)) + " ...";
}

void AddErrorInfo(const absl::Status& status, const ErrorSite& site, google::rpc::Status& to) {
  google::rpc::ErrorInfo info;
  info.set_reason(GetReason(status));
  info.set_domain(kErrorDomain);
  auto& metadata = *info.mutable_metadata();
  if (!site.field.empty()) metadata["field"] = Clipped(site.field);
  if (!site.node.empty()) metadata["node"] = Clipped(site.node);
  if (!site.op.empty()) metadata["operator"] = Clipped(site.op);
  if (!site.opset.empty()) metadata["opset"] = Clipped(site.opset);
  if (!site.mend.empty()) metadata["mend"] = Clipped(site.mend);
  to.add_details()->PackFrom(info);
}

void AddDetailByCode(const absl::Status& status, const ErrorSite& site, google::rpc::Status& to) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument: {
      if (site.field.empty()) return;
      google::rpc::BadRequest detail;
      auto* violation = detail.add_field_violations();
      violation->set_field(Clipped(site.field));
      violation->set_description(to.message());
      to.add_details()->PackFrom(detail);
      return;
    }
    case absl::StatusCode::kFailedPrecondition: {
      google::rpc::PreconditionFailure detail;
      auto* violation = detail.add_violations();
      violation->set_type(GetReason(status));
      violation->set_subject(Clipped(site.field.empty() ? site.node : site.field));
      violation->set_description(to.message());
      to.add_details()->PackFrom(detail);
      return;
    }
    case absl::StatusCode::kNotFound: {
      google::rpc::ResourceInfo detail;
      detail.set_resource_type(Clipped(site.field));
      detail.set_description(to.message());
      to.add_details()->PackFrom(detail);
      return;
    }
    case absl::StatusCode::kResourceExhausted: {
      google::rpc::QuotaFailure detail;
      auto* violation = detail.add_violations();
      violation->set_subject(Clipped(site.field.empty() ? site.node : site.field));
      violation->set_description(to.message());
      to.add_details()->PackFrom(detail);
      return;
    }
    default:
      return;
  }
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status to;
  to.set_code(static_cast<int>(status.code()));
  if (status.ok()) return to;
  to.set_message(Clipped(std::string_view(status.message().data(), status.message().size()),
                         kMaxMessageBytes));
  const ErrorSite site = GetErrorSite(status);
  AddErrorInfo(status, site, to);
  AddDetailByCode(status, site, to);
  if (const auto delay = GetRetryDelay(status)) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(delay->count() / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int>(delay->count() % 1000 * 1'000'000));
    to.add_details()->PackFrom(retry);
  }
  return to;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status details = ToRpcStatus(status);
  // The codes of absl and of gRPC have the same numbers.
  return grpc::Status(static_cast<grpc::StatusCode>(details.code()), details.message(),
                      details.SerializeAsString());
}

}  // namespace picost::service
