// TLS, client certificates and tokens over real connections; certificates made by
// the test with the openssl command.
#include <grpcpp/grpcpp.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/models.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"
#include "proto/picost/v1/studies.grpc.pb.h"
#include "service/access/token.h"
#include "service/server.h"

namespace picost::service {
namespace {

using ::testing::HasSubstr;

std::string Folder() { return std::getenv("TEST_TMPDIR"); }

void Shell(const std::string& command) {
  ASSERT_EQ(std::system(("cd " + Folder() + " && (" + command + ") >shell.log 2>&1").c_str()), 0)
      << command;
}

// NAME.crt and NAME.key, signed by ca; dates: of `openssl x509`, or "".
void MakeCertificate(const std::string& name, const std::string& subject, const std::string& san,
                     const std::string& ca, const std::string& days = "-days 30") {
  Shell(absl::StrCat("openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ",
                     name, ".key -out ", name, ".csr -subj /CN=", subject));
  Shell(absl::StrCat("printf 'subjectAltName=", san, "' > ", name, ".ext"));
  Shell(absl::StrCat("openssl x509 -req -in ", name, ".csr -CA ", ca, ".crt -CAkey ", ca,
                     ".key -CAcreateserial -out ", name, ".crt ", days, " -extfile ", name,
                     ".ext"));
}

void MakeAuthority(const std::string& name) {
  Shell(
      absl::StrCat("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                   "-keyout ",
                   name, ".key -out ", name, ".crt -days 30 -subj /CN=", name));
}

std::string Read(const std::string& name) {
  std::ifstream file(Folder() + "/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class TlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    MakeAuthority("ca");
    MakeAuthority("stranger");
    MakeCertificate("server", "server-one", "IP:127.0.0.1,DNS:localhost", "ca");
    MakeCertificate("renewed", "server-two", "IP:127.0.0.1,DNS:localhost", "ca");
    // Valid for less than no time: it ended before it began to be used.
    MakeCertificate("expired", "server-old", "IP:127.0.0.1", "ca", "-days -1");
    MakeCertificate("lab", "lab", "URI:spiffe://test/lab", "ca");
    MakeCertificate("nobody", "nobody", "URI:spiffe://test/nobody", "ca");
    MakeCertificate("foreign", "lab", "URI:spiffe://test/lab", "stranger");
  }

  void SetUp() override {
    Use("server");
    std::ofstream(Folder() + "/principals")
        << "principals { name: \"lab\" role: ROLE_ADMIN certificate_names: "
           "\"spiffe://test/lab\" }\n"
           "principals { name: \"looker\" role: ROLE_READER token_sha256: \""
        << ToHex(DigestOf("secret")) << "\" }\n";
    auto& listener = *config_.add_listeners();
    listener.set_address("127.0.0.1:0");
    listener.mutable_tls()->set_certificate_file(Folder() + "/in_use.crt");
    listener.mutable_tls()->set_key_file(Folder() + "/in_use.key");
    listener.mutable_tls()->set_client_ca_file(Folder() + "/ca.crt");
    config_.mutable_access()->set_principals_file(Folder() + "/principals");
    // Without tables: a reload reads it, too.
    Shell(
        "mkdir -p data/networks data/calibration && touch data/calibration/aliases.textproto "
        "data/deployments.textproto");
    config_.set_data_dir(Folder() + "/data");
  }

  static void Use(const std::string& name) {
    Shell(absl::StrCat("cp ", name, ".crt in_use.crt && cp ", name, ".key in_use.key"));
  }

  void Start() {
    auto server = Server::Start(config_, {.load_data_at_start = false});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& certificate = "") {
    grpc::SslCredentialsOptions ssl{.pem_root_certs = Read("ca.crt")};
    if (!certificate.empty()) {
      ssl.pem_cert_chain = Read(certificate + ".crt");
      ssl.pem_private_key = Read(certificate + ".key");
    }
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a handshake of its own
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                     grpc::SslCredentials(ssl), own);
  }

  grpc::StatusCode List(const std::shared_ptr<grpc::Channel>& channel,
                        const std::string& token = "") {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    v1::ListPrimitivesResponse response;
    const grpc::Status status =
        v1::Catalog::NewStub(channel)->ListPrimitives(&context, {}, &response);
    if (status.ok() && context.auth_context() != nullptr) {
      for (const auto& name : context.auth_context()->FindPropertyValues("x509_common_name")) {
        served_by_ = std::string(name.data(), name.size());
      }
    }
    return status.error_code();
  }

  grpc::StatusCode Delete(const std::shared_ptr<grpc::Channel>& channel,
                          const std::string& token = "") {
    grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    v1::DeleteModelRequest request;
    request.set_name("models/" + std::string(64, 'a'));
    request.set_allow_missing(true);
    google::protobuf::Empty response;
    return v1::Models::NewStub(channel)->DeleteModel(&context, request, &response).error_code();
  }

  config::DaemonConfig config_;
  std::unique_ptr<Server> server_;
  std::string served_by_;
};

TEST_F(TlsTest, CertificatesAndTokensDecideWhatACallerMay) {
  Start();
  EXPECT_EQ(List(Channel("lab")), grpc::StatusCode::OK);
  EXPECT_EQ(Delete(Channel("lab")), grpc::StatusCode::OK);
  EXPECT_EQ(List(Channel(), "secret"), grpc::StatusCode::OK);
  EXPECT_EQ(Delete(Channel(), "secret"), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(List(Channel()), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(List(Channel(), "wrong"), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(List(Channel("nobody")), grpc::StatusCode::UNAUTHENTICATED);
  // The handshake itself fails.
  EXPECT_EQ(List(Channel("foreign")), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(List(grpc::CreateChannel(absl::StrCat("127.0.0.1:", server_->port()),
                                     grpc::InsecureChannelCredentials())),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsTest, WhereCertificatesAreRequiredATokenAloneDoesNotConnect) {
  config_.mutable_listeners(0)->mutable_tls()->set_require_client_certificate(true);
  Start();
  EXPECT_EQ(List(Channel(), "secret"), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(List(Channel("lab")), grpc::StatusCode::OK);
}

TEST_F(TlsTest, AReloadServesTheNewCertificateAndOldConnectionsGoOn) {
  Start();
  const auto old = Channel("lab");
  EXPECT_EQ(List(old), grpc::StatusCode::OK);
  EXPECT_EQ(served_by_, "server-one");
  Use("renewed");
  ASSERT_TRUE(server_->Reload().ok());
  EXPECT_EQ(List(old), grpc::StatusCode::OK);
  EXPECT_EQ(served_by_, "server-one");
  EXPECT_EQ(List(Channel("lab")), grpc::StatusCode::OK);
  EXPECT_EQ(served_by_, "server-two");
}

TEST_F(TlsTest, BadCertificatesFailTheStartAndLeaveARunningServerAsItIs) {
  struct Case {
    std::string spoil;
    std::string message;
  };
  for (const Case& one : {Case{"cp expired.crt in_use.crt && cp expired.key in_use.key", "expired"},
                          Case{"cp renewed.key in_use.key", "is not the key of"},
                          Case{"echo nothing > in_use.crt", "no certificate in PEM"},
                          Case{"head -c 80 server.key > in_use.key", "no private key"},
                          Case{"rm in_use.crt", "cannot be read"}}) {
    Use("server");
    Start();
    Shell(one.spoil);
    const absl::Status reloaded = server_->Reload();
    EXPECT_EQ(reloaded.code(), absl::StatusCode::kInvalidArgument) << one.spoil;
    EXPECT_THAT(std::string(reloaded.message()), HasSubstr(one.message));
    EXPECT_EQ(List(Channel("lab")), grpc::StatusCode::OK) << one.spoil;
    const auto second = Server::Start(config_, {.load_data_at_start = false});
    EXPECT_EQ(second.status().code(), absl::StatusCode::kInvalidArgument) << one.spoil;
    EXPECT_THAT(std::string(second.status().message()), HasSubstr(one.message));
    // And back again.
    Use("server");
    EXPECT_TRUE(server_->Reload().ok());
  }
}

TEST_F(TlsTest, AWithdrawnTokenIsRefusedAfterAReload) {
  Start();
  EXPECT_EQ(List(Channel(), "secret"), grpc::StatusCode::OK);
  std::ofstream(Folder() + "/principals", std::ios::trunc)
      << "principals { name: \"other\" role: ROLE_READER token_sha256: \"" << ToHex(DigestOf("new"))
      << "\" }";
  ASSERT_TRUE(server_->Reload().ok());
  EXPECT_EQ(List(Channel(), "secret"), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(List(Channel(), "new"), grpc::StatusCode::OK);
}

// Streams that were open when the file of principals changed: they end with the next
// message, or within the time between two looks at a study.
TEST_F(TlsTest, AWithdrawnTokenAndALoweredRoleEndOpenStreams) {
  const auto principals = [](const std::string& of_asker) {
    std::ofstream(Folder() + "/principals", std::ios::trunc)
        << "principals { name: \"lab\" role: ROLE_ADMIN certificate_names: "
           "\"spiffe://test/lab\" }\n"
        << of_asker;
  };
  const std::string token = "token_sha256: \"" + ToHex(DigestOf("asker")) + "\" }";
  principals("principals { name: \"asker\" role: ROLE_PREDICTOR " + token);
  Start();
  const auto study = [&] {
    grpc::ClientContext context;
    v1::CreateStudyRequest request;
    request.set_study_id("s");
    auto& objective = *request.mutable_study()->add_objectives();
    objective.set_metric("online_seconds");
    objective.set_goal(v1::OBJECTIVE_GOAL_MINIMIZE);
    v1::Study created;
    return v1::Studies::NewStub(Channel("lab"))->CreateStudy(&context, request, &created);
  }();
  ASSERT_TRUE(study.ok()) << study.error_message();

  const auto channel = Channel();
  const auto expiring = [](grpc::ClientContext& context) {
    context.AddMetadata("authorization", "Bearer asker");
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  };
  grpc::ClientContext estimate_context;
  expiring(estimate_context);
  const auto oracle = v1::CostOracle::NewStub(channel);
  const auto estimates = oracle->StreamEstimate(&estimate_context);
  v1::StreamEstimateRequest question;
  v1::StreamEstimateResponse answer;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(estimates->Write(question));
    ASSERT_TRUE(estimates->Read(&answer)) << "an answer, though of an error";
  }
  grpc::ClientContext upload_context;
  expiring(upload_context);
  v1::Model model;
  const auto models = v1::Models::NewStub(channel);
  const auto upload = models->UploadModel(&upload_context, &model);
  v1::UploadModelRequest header;
  header.mutable_header()->set_display_name("x");
  ASSERT_TRUE(upload->Write(header));
  upload->WaitForInitialMetadata();
  grpc::ClientContext watch_context;
  expiring(watch_context);
  v1::WatchTrialsRequest watched;
  watched.set_parent("studies/s");
  const auto studies = v1::Studies::NewStub(channel);
  const auto watch = studies->WatchTrials(&watch_context, watched);

  // A reader may watch, but not ask for estimates or upload.
  principals("principals { name: \"asker\" role: ROLE_READER " + token);
  ASSERT_TRUE(server_->Reload().ok());
  estimates->Write(question);
  EXPECT_FALSE(estimates->Read(&answer));
  EXPECT_EQ(estimates->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  v1::UploadModelRequest chunk;
  chunk.set_chunk("x");
  upload->Write(chunk);
  EXPECT_EQ(upload->Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);

  principals("");
  ASSERT_TRUE(server_->Reload().ok());
  v1::WatchTrialsResponse trials;
  EXPECT_FALSE(watch->Read(&trials));
  EXPECT_EQ(watch->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(TlsTest, TokensWorkOverAUnixSocketWithItsMode) {
  char folder[] = "/tmp/picost_XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/s";
  config_.clear_listeners();
  config_.add_listeners()->set_address("unix:" + path);
  config_.mutable_listeners(0)->set_socket_mode("0660");
  Start();
  struct stat found {};
  ASSERT_EQ(stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0660u);
  const auto channel = grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials());
  EXPECT_EQ(List(channel, "secret"), grpc::StatusCode::OK);
  EXPECT_EQ(List(channel), grpc::StatusCode::UNAUTHENTICATED);
  server_.reset();
  std::system(("rm -r " + std::string(folder)).c_str());
}

}  // namespace
}  // namespace picost::service
