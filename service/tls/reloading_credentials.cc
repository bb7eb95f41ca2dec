#include "service/tls/reloading_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>

#include <mutex>
#include <string>
#include <utility>

#include "estimator/base/status_macros.h"

namespace picost::service {

struct ReloadingCredentials::State {
  std::mutex mutex;
  Certificates certificates;
  // A handshake that has an older one takes the new certificates.
  int64_t generation = 1;
  int64_t served_generation = 0;
};

namespace {

using State = ReloadingCredentials::State;

// gRPC's question at every handshake.
grpc_ssl_certificate_config_reload_status Fetch(void* data,
                                                grpc_ssl_server_certificate_config** config) {
  State& state = *static_cast<State*>(data);
  const std::lock_guard lock(state.mutex);
  if (state.served_generation == state.generation) {
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
  }
  const Certificates& in_use = state.certificates;
  const grpc_ssl_pem_key_cert_pair pair{.private_key = in_use.key_pem.c_str(),
                                        .cert_chain = in_use.certificate_pem.c_str()};
  // gRPC wants authorities of clients even where no client is asked for a certificate.
  const std::string& authorities =
      in_use.client_ca_pem.empty() ? in_use.certificate_pem : in_use.client_ca_pem;
  *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
  state.served_generation = state.generation;
  return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
}

// The C++ API has no way to the core's certificate fetcher but this: credentials
// that add their own port.
class FetchingCredentials : public grpc::ServerCredentials {
 public:
  FetchingCredentials(State* state, grpc_ssl_client_certificate_request_type request)
      : credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(request, Fetch,
                                                                            state))) {}
  ~FetchingCredentials() override { grpc_server_credentials_release(credentials_); }

  // Not used: service/call.cc reads the metadata of every kind of listener.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  grpc_server_credentials* const credentials_;
};

}  // namespace

ReloadingCredentials::ReloadingCredentials(config::Tls tls, Certificates certificates)
    : tls_(std::move(tls)), state_(std::make_unique<State>()) {
  state_->certificates = std::move(certificates);
}

ReloadingCredentials::~ReloadingCredentials() = default;

absl::StatusOr<std::unique_ptr<ReloadingCredentials>> ReloadingCredentials::Create(
    const config::Tls& tls, int64_t now_unix_seconds) {
  PICOST_ASSIGN_OR_RETURN(Certificates certificates, ReadCertificates(tls, now_unix_seconds));
  return std::unique_ptr<ReloadingCredentials>(
      new ReloadingCredentials(tls, std::move(certificates)));
}

std::shared_ptr<grpc::ServerCredentials> ReloadingCredentials::credentials() {
  grpc_ssl_client_certificate_request_type request = GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  if (!tls_.client_ca_file().empty()) {
    request = tls_.require_client_certificate()
                  ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                  : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return std::make_shared<FetchingCredentials>(state_.get(), request);
}

absl::Status ReloadingCredentials::Reload(int64_t now_unix_seconds) {
  PICOST_ASSIGN_OR_RETURN(Certificates fresh, ReadCertificates(tls_, now_unix_seconds));
  const std::lock_guard lock(state_->mutex);
  state_->certificates = std::move(fresh);
  ++state_->generation;
  return absl::OkStatus();
}

int64_t ReloadingCredentials::not_after_unix_seconds() const {
  const std::lock_guard lock(state_->mutex);
  return state_->certificates.not_after_unix_seconds;
}

}  // namespace picost::service
