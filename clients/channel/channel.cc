#include "clients/channel/channel.h"

#include <arpa/inet.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_interceptor.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace picost::client {
namespace {

constexpr int kMaxMetadataBytes = 64 << 10;

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

bool StaysOnThisMachine(std::string_view address) {
  for (const char* prefix : {"unix:", "localhost:", "[::1]:"}) {
    if (address.starts_with(prefix)) return true;
  }
  // An address, not a name that begins like one: 127.0.0.1.example.org is elsewhere.
  in_addr parsed;
  const std::string host(address.substr(0, address.rfind(':')));
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 && ntohl(parsed.s_addr) >> 24 == 127;
}

// gRPC's call credentials want an encrypted channel; a token may also go over a
// Unix socket or loopback.
class TokenInterceptor : public grpc::experimental::Interceptor {
 public:
  explicit TokenInterceptor(std::string header) : header_(std::move(header)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            grpc::experimental::InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", header_);
    }
    methods->Proceed();
  }

 private:
  const std::string header_;
};

class TokenInterceptorFactory : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit TokenInterceptorFactory(const std::string& token)
      : header_(absl::StrCat("Bearer ", token)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo*) override {
    return new TokenInterceptor(header_);
  }

 private:
  const std::string header_;
};

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(
    const ChannelOptions& options) {
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "a client certificate needs its key, and a key its "
        "certificate");
  }
  if (options.ca_file.empty() && options.certificate_file.empty()) {
    return grpc::InsecureChannelCredentials();
  }
  grpc::SslCredentialsOptions ssl;
  for (const auto& [file, pem] :
       {std::pair<const std::string&, std::string&>(options.ca_file, ssl.pem_root_certs),
        {options.certificate_file, ssl.pem_cert_chain},
        {options.key_file, ssl.pem_private_key}}) {
    if (file.empty() || file == "system") continue;
    auto text = ReadFile(file);
    if (!text.ok()) return text.status();
    pem = *std::move(text);
  }
  return grpc::SslCredentials(ssl);
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const std::string& address,
                                                           const ChannelOptions& options) {
  auto credentials = CredentialsOf(options);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  if (options.token_file.empty()) {
    return grpc::CreateCustomChannel(address, *credentials, arguments);
  }
  const bool encrypted = !options.ca_file.empty() || !options.certificate_file.empty();
  if (!encrypted && !StaysOnThisMachine(address)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the token would go unencrypted to ", address,
                     ": name the authorities of the daemon's certificate"));
  }
  auto token = ReadFile(options.token_file);
  if (!token.ok()) return token.status();
  token->erase(std::min(token->size(), token->find_first_of("\r\n")));
  if (token->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(options.token_file, " holds no token"));
  }
  // gRPC aborts the process on metadata that HTTP/2 cannot carry.
  if (!std::all_of(token->begin(), token->end(), [](char c) { return c >= 0x20 && c <= 0x7e; })) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.token_file, ": the token is no printable ASCII"));
  }
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> factories;
  factories.push_back(std::make_unique<TokenInterceptorFactory>(*token));
  return grpc::experimental::CreateCustomChannelWithInterceptors(address, *credentials, arguments,
                                                                 std::move(factories));
}

}  // namespace picost::client
