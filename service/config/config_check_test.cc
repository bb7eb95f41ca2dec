// Mistakes of a configuration: all are found, each at its line.
#include "service/config/config_check.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace picost::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Problems(const std::string& text) {
  config::DaemonConfig config;
  return ParseText("file", text, CheckConfig, config);
}

TEST(ConfigCheckTest, AnEmptyFileIsGoodAndHasDefaults) {
  EXPECT_THAT(Problems(""), IsEmpty());
  const config::DaemonConfig config = WithDefaults({});
  ASSERT_EQ(config.listeners_size(), 1);
  EXPECT_EQ(config.listeners(0).address(), "127.0.0.1:7433");
  EXPECT_EQ(config.store(), "memory");
  EXPECT_EQ(config.data_dir(), "data");
  EXPECT_EQ(config.drain_seconds(), 10);
  EXPECT_TRUE(config.reflection());
  // Defaults pass their own check.
  EXPECT_THAT(CheckConfig(config), IsEmpty());
}

TEST(ConfigCheckTest, AllMistakesAreFoundEachAtItsPlace) {
  const auto problems = Problems(
      "listeners { address: \"127.0.0.1:1\" }\n"
      "listeners {\n"
      "  address: \"0.0.0.0:7433\"\n"
      "}\n"
      "limits { waiting_calls: 0 }\n"
      "store: \"redis://x\"\n"
      "drain_seconds: -1\n");
  ASSERT_EQ(problems.size(), 4u) << absl::StrJoin(problems, "\n");
  EXPECT_THAT(problems[0],
              HasSubstr("file:3:3: listeners[1].address: '0.0.0.0:7433' is reachable"));
  EXPECT_THAT(problems[1], HasSubstr("file:6:1: store: "));
  EXPECT_THAT(problems[2], HasSubstr("file:5:10: limits.waiting_calls: is 0; use 1 to 100000"));
  EXPECT_THAT(problems[3], HasSubstr("file:7:1: drain_seconds: "));
}

TEST(ConfigCheckTest, WhatDoesNotParseNamesItsPlace) {
  EXPECT_THAT(Problems("no_such_field: 1"), ElementsAre(HasSubstr("file:1:")));
  EXPECT_THAT(Problems("limits {\n waiting_calls: many }"), ElementsAre(HasSubstr("file:2:")));
  EXPECT_THAT(Problems("logging { format: LOG_FORMAT_XML }"), ElementsAre(HasSubstr("file:1:")));
}

struct Case {
  std::string text;
  std::string problem;  // empty: good
};

TEST(ConfigCheckTest, ListenersThatOthersReachNeedTlsAndAccess) {
  const std::string tls = "tls { certificate_file: \"c\" key_file: \"k\" }";
  const std::string access = " access { principals_file: \"p\" }";
  for (const Case& one : std::vector<Case>{
           {"listeners { address: \"192.0.2.1:7433\" " + tls + " }" + access, ""},
           {"listeners { address: \"192.0.2.1:7433\" " + tls + " }", "no access control"},
           {"listeners { address: \"192.0.2.1:7433\" }" + access, "nothing is encrypted"},
           {"listeners { address: \"[::]:7433\" allow_insecure: true }", ""},
           {"listeners { address: \"localhost:7433\" }", ""},
           {"listeners { address: \"[::1]:7433\" }", ""},
           {"listeners { address: \"unix:/run/x.sock\" socket_mode: \"0660\" }", ""},
           {"listeners { address: \"unix:/run/x.sock\" socket_mode: \"0980\" }", "octal"},
           {"listeners { address: \"127.0.0.1:1\" socket_mode: \"0660\" }", "unix:PATH alone"},
           {"listeners { address: \"unix:\" }", "1 to 107"},
           {"listeners { address: \"127.0.0.1\" }", "neither HOST:PORT"},
           {"listeners { address: \"127.0.0.1:70000\" }", "neither HOST:PORT"},
           {"listeners { }", "is required"},
           {"listeners { address: \"127.0.0.1:1\" tls { key_file: \"k\" } }", "certificate_file"},
           {"listeners { address: \"127.0.0.1:1\" tls { certificate_file: \"c\" key_file: \"k\" "
            "require_client_certificate: true } }",
            "client_ca_file"},
           {"listeners { address: \"127.0.0.1:1\" } listeners { address: \"127.0.0.1:1\" }",
            "twice"},
           {"admin { address: \"0.0.0.0:9\" }", "admin port has no encryption"},
           {"admin { address: \"0.0.0.0:9\" allow_insecure: true }", ""},
           {"access { }", "principals_file: is required"},
           {"limits { calls_per_principal { calls_per_second: 0 } }", "calls_per_second"},
           {"limits { calls_per_principal { calls_per_second: nan } }", "calls_per_second"},
           {"limits { message_megabytes: 2000 }", "1 to 1024"}}) {
    const std::string found = absl::StrJoin(Problems(one.text), "\n");
    if (one.problem.empty()) {
      EXPECT_EQ(found, "") << one.text;
    } else {
      EXPECT_THAT(found, HasSubstr(one.problem)) << one.text;
    }
  }
}

TEST(ConfigCheckTest, OfAnAddressThatIsNoneNothingElseIsSaid) {
  for (const char* text : {"listeners { address: \"foo\" }", "listeners { address: \"foo:bar\" }",
                           "listeners { }", "admin { address: \"foo\" }"}) {
    EXPECT_EQ(Problems(text).size(), 1u) << absl::StrJoin(Problems(text), "\n");
  }
}

TEST(ConfigCheckTest, PrincipalsHaveNamesRolesAndSomethingToShow) {
  const std::string digest(64, 'a');
  for (const Case& one : std::vector<Case>{
           {"principals { name: \"a\" role: ROLE_READER token_sha256: \"" + digest + "\" }", ""},
           {"principals { name: \"a b\" role: ROLE_READER certificate_names: \"x\" }", ".name"},
           {"principals { name: \"a\" certificate_names: \"x\" }", ".role"},
           {"principals { name: \"a\" role: ROLE_READER }", "nobody can be it"},
           {"principals { name: \"a\" role: ROLE_READER token_sha256: \"abc\" }", "no SHA-256"},
           {"principals { name: \"a\" role: ROLE_READER certificate_names: \"x\" } "
            "principals { name: \"b\" role: ROLE_ADMIN certificate_names: \"x\" }",
            "belongs to 'a' already"},
           {"principals { name: \"a\" role: ROLE_READER certificate_names: \"x\" } "
            "principals { name: \"a\" role: ROLE_ADMIN certificate_names: \"y\" }",
            "twice"}}) {
    config::Principals principals;
    const std::string found =
        absl::StrJoin(ParseText("file", one.text, CheckPrincipals, principals), "\n");
    if (one.problem.empty()) {
      EXPECT_EQ(found, "") << one.text;
    } else {
      EXPECT_THAT(found, HasSubstr(one.problem)) << one.text;
    }
  }
}

TEST(ConfigCheckTest, AFileThatIsNotThereIsNamed) {
  config::DaemonConfig config;
  EXPECT_THAT(ReadTextFile("no/such/file", CheckConfig, config),
              ElementsAre(HasSubstr("no/such/file: cannot be read")));
}

// The files that operators copy have no mistake.
TEST(ConfigCheckTest, TheExamplesAreGood) {
  config::DaemonConfig config;
  EXPECT_THAT(ReadTextFile("service/ops/picostd.textproto", CheckConfig, config), IsEmpty());
  EXPECT_TRUE(config.has_access());
  config::Principals principals;
  EXPECT_THAT(ReadTextFile("service/ops/principals.textproto", CheckPrincipals, principals),
              IsEmpty());
}

}  // namespace
}  // namespace picost::service
