// Tokens, certificates, roles and rates.
#include "service/access/access_control.h"

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/access/token.h"
#include "service/error_reason.h"

namespace picost::service {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class AccessControlTest : public ::testing::Test {
 protected:
  AccessControlTest() : path_(std::string(std::getenv("TEST_TMPDIR")) + "/principals.textproto") {
    config_.mutable_access()->set_principals_file(path_);
  }
  void Write(const std::string& text) { std::ofstream(path_, std::ios::trunc) << text; }
  void Open() {
    auto control = AccessControl::Create(config_);
    ASSERT_TRUE(control.ok()) << control.status();
    control_ = *std::move(control);
  }
  static std::string Digest(const std::string& token) { return ToHex(DigestOf(token)); }

  const std::string path_;
  config::DaemonConfig config_;
  std::unique_ptr<AccessControl> control_;
};

TEST_F(AccessControlTest, WithoutConfigurationEverybodyMayDoEverything) {
  config_.clear_access();
  Open();
  const auto principal = control_->Identify({});
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ((*principal)->role, config::ROLE_ADMIN);
  EXPECT_TRUE(control_->Meter(**principal, {}).ok());
}

TEST_F(AccessControlTest, TokensAndCertificatesNameTheirPrincipal) {
  Write(absl::StrCat("principals { name: \"search\" role: ROLE_PREDICTOR token_sha256: \"",
                     Digest("old"), "\" token_sha256: \"", Digest("new"),
                     "\" }\nprincipals { name: \"lab\" role: ROLE_CALIBRATOR "
                     "certificate_names: \"spiffe://lab/calibrator\" }"));
  Open();
  EXPECT_EQ(control_->size(), 2u);
  struct Case {
    Credentials shown;
    std::string name;  // empty: nobody
  };
  for (const Case& one : std::vector<Case>{
           {{.authorization = "Bearer new"}, "search"},
           {{.authorization = "bearer old"}, "search"},
           {{.certificate_names = {"CN", "spiffe://lab/calibrator"}}, "lab"},
           // A token wins over a certificate, and a wrong one is not forgiven for it.
           {{.authorization = "Bearer new", .certificate_names = {"spiffe://lab/calibrator"}},
            "search"},
           {{.authorization = "Bearer x", .certificate_names = {"spiffe://lab/calibrator"}}, ""},
           {{.authorization = "Bearer "}, ""},
           {{.authorization = "Basic new"}, ""},
           {{.authorization = "new"}, ""},
           {{.certificate_names = {"spiffe://lab/other"}}, ""},
           {{}, ""}}) {
    const auto principal = control_->Identify(one.shown);
    if (one.name.empty()) {
      EXPECT_EQ(principal.status().code(), absl::StatusCode::kUnauthenticated)
          << one.shown.authorization;
    } else {
      ASSERT_TRUE(principal.ok()) << principal.status();
      EXPECT_EQ((*principal)->name, one.name);
    }
  }
}

TEST_F(AccessControlTest, RolesHoldThoseBeforeThem) {
  Principal principal{.name = "p"};
  for (int role = config::ROLE_UNSPECIFIED; role <= config::ROLE_ADMIN; ++role) {
    for (int required = config::ROLE_READER; required <= config::ROLE_ADMIN; ++required) {
      principal.role = static_cast<config::Role>(role);
      const absl::Status status =
          AccessControl::Authorize(principal, static_cast<config::Role>(required), "m");
      EXPECT_EQ(status.ok(), role >= required);
      EXPECT_EQ(status.code() == absl::StatusCode::kPermissionDenied, role < required);
    }
  }
}

TEST_F(AccessControlTest, ABadFileLeavesTheOldPrincipals) {
  Write(absl::StrCat("principals { name: \"a\" role: ROLE_READER token_sha256: \"", Digest("t"),
                     "\" }"));
  Open();
  Write("principals { name: \"a\" }");
  const absl::Status status = control_->Reload();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(path_ + ":1:"));
  EXPECT_TRUE(control_->Identify({.authorization = "Bearer t"}).ok());
  Write("");  // good: all are withdrawn
  EXPECT_TRUE(control_->Reload().ok());
  EXPECT_FALSE(control_->Identify({.authorization = "Bearer t"}).ok());
}

TEST_F(AccessControlTest, ARateThatIsUsedUpSaysHowLongToWait) {
  Write(absl::StrCat("principals { name: \"a\" role: ROLE_READER token_sha256: \"", Digest("t"),
                     "\" rate { calls_per_second: 10 burst_calls: 3 } }"));
  Open();
  const auto principal = *control_->Identify({.authorization = "Bearer t"});
  RateLimiter::Time now{};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(control_->Meter(*principal, now).ok());
  const absl::Status status = control_->Meter(*principal, now);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetReason(status), "RATE_LIMITED");
  ASSERT_TRUE(GetRetryDelay(status).has_value());
  EXPECT_EQ(*GetRetryDelay(status), milliseconds(100));
  EXPECT_FALSE(control_->Meter(*principal, now + milliseconds(99)).ok());
  EXPECT_TRUE(control_->Meter(*principal, now + milliseconds(100)).ok());
  // A long rest fills the bucket, and no more than that.
  now += seconds(1000);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(control_->Meter(*principal, now).ok());
  EXPECT_FALSE(control_->Meter(*principal, now).ok());
}

TEST(RateLimiterTest, ManyThreadsTakeNoMoreThanThereIs) {
  RateLimiter limiter;
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        if (limiter.Take("p", {.calls_per_second = 1, .burst_calls = 50}, {}).count() == 0) ++taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 50);
}

TEST(TokenTest, NewTokensDifferAndTheirDigestsComeBack) {
  const std::string a = *NewToken();
  const std::string b = *NewToken();
  EXPECT_NE(a, b);
  EXPECT_EQ(a.size(), 7u + 43u);
  EXPECT_TRUE(Equal(*DigestFromHex(ToHex(DigestOf(a))), DigestOf(a)));
  EXPECT_FALSE(Equal(DigestOf(a), DigestOf(b)));
  // FIPS 180-4, of "abc".
  EXPECT_EQ(ToHex(DigestOf("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_FALSE(DigestFromHex("abc").has_value());
}

}  // namespace
}  // namespace picost::service
