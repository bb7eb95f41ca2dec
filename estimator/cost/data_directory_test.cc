#include "estimator/cost/data_directory.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "estimator/base/error.h"
#include "estimator/cost/calibration_io.h"

namespace picost::cost {
namespace {

namespace fs = std::filesystem;

// A copy of the shipped directory that a test may spoil.
std::string Copy(const std::string& name) {
  const fs::path target = fs::path(std::getenv("TEST_TMPDIR")) / name;
  fs::remove_all(target);
  fs::create_directories(target / "calibration");
  for (const char* folder : {"calibration/delphi-epyc7502", "networks"}) {
    fs::create_directories(target / folder);
    for (const auto& entry : fs::directory_iterator(fs::path("data") / folder)) {
      fs::copy_file(entry.path(), target / folder / entry.path().filename());
    }
  }
  std::ofstream(target / "calibration/aliases.textproto")
      << "aliases { name: \"delphi\" table: \"delphi-epyc7502\" }\n";
  std::ofstream(target / "deployments.textproto")
      << "deployments { id: \"d\" network: \"wan1\"\n"
         "  client { threads: 1 families { family: \"garbling\" tables: \"delphi\" } }\n"
         "  server { threads: 2 families { family: \"homomorphic\" tables: \"delphi\" } } }\n";
  return target.string();
}

void Write(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

TEST(DataDirectoryTest, ReadsTheShippedDirectory) {
  const auto data = DataDirectory::Load("data");
  ASSERT_TRUE(data.ok()) << data.status();
  for (const char* id : {"lan", "wan", "lan-measured", "wan-measured", "loopback", "mobile"}) {
    EXPECT_TRUE((*data)->FindDeployment(id).ok()) << id;
  }
  for (const char* id : {"lo", "lan", "wan1", "mobile"}) {
    EXPECT_NE((*data)->FindNetwork(id), nullptr) << id;
  }
  for (const NamedTable& table : (*data)->tables()) {
    EXPECT_EQ((*data)->FindTable(table.name), table.model);
    EXPECT_EQ((*data)->FindTable(table.model->table().id), table.model);
  }
  for (const auto& [alias, name] : (*data)->aliases()) {
    EXPECT_NE((*data)->FindTable(alias), nullptr) << alias;
  }
  EXPECT_EQ((*data)->FindTable("nothing"), nullptr);
}

TEST(DataDirectoryTest, ResolvesAliasesPartiesAndNetworks) {
  const auto data = DataDirectory::Load(Copy("good"));
  ASSERT_TRUE(data.ok()) << data.status();
  const auto deployment = (*data)->FindDeployment("d");
  ASSERT_TRUE(deployment.ok());
  EXPECT_EQ(deployment->network.round_trip_seconds, 0.04);
  EXPECT_EQ(deployment->server.threads, 2);
  EXPECT_EQ(deployment->client.tables.at(primitives::Family::kGarbling).size(), 1u);
  EXPECT_EQ(deployment->client.tables.count(primitives::Family::kHomomorphic), 0u);
}

TEST(DataDirectoryTest, AnUnknownDeploymentListsTheKnownOnes) {
  const auto data = DataDirectory::Load(Copy("unknown"));
  ASSERT_TRUE(data.ok());
  const auto deployment = (*data)->FindDeployment("moon");
  EXPECT_EQ(deployment.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetErrorSite(deployment.status()).mend, "Use one of: d.");
}

TEST(DataDirectoryTest, ATableHalfWrittenIsLeftOutWhereAskedAndNamed) {
  const std::string path = Copy("half");
  std::filesystem::create_directories(path + "/calibration/new");
  Write(path + "/calibration/new/table.textproto", "schema_version: 1 title: \"cut of");
  EXPECT_FALSE(DataDirectory::Load(path).ok());
  const auto data = DataDirectory::Load(path, {.skip_broken_tables = true});
  ASSERT_TRUE(data.ok()) << data.status();
  ASSERT_EQ((*data)->skipped().size(), 1u);
  EXPECT_EQ((*data)->skipped()[0].name, "new");
  EXPECT_NE((*data)->skipped()[0].reason.find("new/"), std::string::npos);
  EXPECT_TRUE((*data)->FindDeployment("d").ok());
}

TEST(DataDirectoryTest, ImportedTablesAndAliasesStandBesideTheFolders) {
  const std::string path = Copy("imported");
  const std::string folder = path + "/calibration/delphi-epyc7502";
  LoadOptions options{.aliases = {{"mine", "lab"}}};
  options.imported.push_back({.name = "lab",
                              .table_textproto = *ReadFile(folder + "/table.textproto"),
                              .samples_csv = *ReadFile(folder + "/samples.csv")});
  const auto data = DataDirectory::Load(path, options);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ((*data)->FindTable("mine"), (*data)->FindTable("lab"));
  EXPECT_NE((*data)->FindTable("lab"), nullptr);
  // A name is one table's.
  options.imported[0].name = "delphi-epyc7502";
  options.aliases.clear();
  EXPECT_FALSE(DataDirectory::Load(path, options).ok());
  // An alias that names nothing fails, whoever gave it.
  EXPECT_FALSE(DataDirectory::Load(path, {.aliases = {{"a", "nothing"}}}).ok());
}

// What `picost calibrate run --name=here` leaves.
std::string Calibrated(const std::string& name) {
  const fs::path target = fs::path(std::getenv("TEST_TMPDIR")) / (name + "-calibration");
  fs::remove_all(target);
  fs::create_directories(target / "here-pi-ref");
  for (const char* file : {"table.textproto", "samples.csv"}) {
    fs::copy_file(fs::path("data/calibration/pi-ref-epyc-zen4") / file,
                  target / "here-pi-ref" / file);
  }
  fs::create_directories(target / "not-a-table");
  Write((target / "here-pi-ref.journal").string(), "# half a run\n");
  Write((target / "here-network.textproto").string(),
        "id: \"here\" source: \"measured\" round_trip_seconds: 0.001\n"
        "client_to_server_bytes_per_second: 1e9 server_to_client_bytes_per_second: 1e9\n");
  const std::string scaled =
      "scaled { table: \"delphi\" reference: \"here-pi-ref\" machine: \"this one\"\n"
      "  probes { primitive: \"plaintext.field_macs\" parameters: \"field_bits=41\"\n"
      "    count: 4000000 executor: \"server\" wall_seconds: 0.0380 } }";
  Write((target / "here-deployment.textproto").string(),
        "deployments { id: \"here\" network: \"here\"\n"
        "  client { threads: 1 families { family: \"homomorphic\" " +
            scaled +
            " } }\n"
            "  server { threads: 1 families { family: \"garbling\" tables: \"here-pi-ref\" }\n"
            "    families { family: \"homomorphic\" " +
            scaled + " } } }\n");
  return target.string();
}

TEST(DataDirectoryTest, WhatWasCalibratedHereStandsBesideTheFolder) {
  const std::string path = Copy("calibrated");
  LoadOptions options{.calibration_dir = Calibrated("calibrated")};
  const auto data = DataDirectory::Load(path, options);
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_NE((*data)->FindTable("here-pi-ref"), nullptr);
  EXPECT_EQ((*data)->FindTable("not-a-table"), nullptr);
  EXPECT_NE((*data)->FindNetwork("here"), nullptr);
  const auto deployment = (*data)->FindDeployment("here");
  ASSERT_TRUE(deployment.ok()) << deployment.status();
  using primitives::Family;
  EXPECT_EQ(deployment->server.tables.at(Family::kGarbling)[0], (*data)->FindTable("here-pi-ref"));
  const auto& scaled = deployment->client.tables.at(Family::kHomomorphic)[0];
  EXPECT_EQ(scaled->table().scaled_from, (*data)->FindTable("delphi")->table().id);
  EXPECT_EQ(scaled, deployment->server.tables.at(Family::kHomomorphic)[0]) << "one set of errors";
  // The measured multiply-adds took 0.0190 s on the machine of the reference.
  EXPECT_NEAR(scaled->groups()[0].coefficients[0] /
                  (*data)->FindTable("delphi")->groups()[0].coefficients[0],
              2, 0.1);
  // The same table in both folders is one; another of its name is an error, or left out.
  fs::copy(options.calibration_dir + "/here-pi-ref", path + "/calibration/here-pi-ref");
  EXPECT_TRUE(DataDirectory::Load(path, options).ok());
  Write(path + "/calibration/here-pi-ref/table.textproto",
        *ReadFile(path + "/calibration/here-pi-ref/table.textproto") + "# changed\n");
  EXPECT_FALSE(DataDirectory::Load(path, options).ok());
  options.skip_broken_tables = true;
  const auto skipping = DataDirectory::Load(path, options);
  ASSERT_TRUE(skipping.ok());
  EXPECT_EQ((*skipping)->skipped().size(), 1u);
  // A folder that is not there yet holds nothing.
  EXPECT_TRUE(DataDirectory::Load(path, {.calibration_dir = path + "/nothing"}).ok());
}

TEST(DataDirectoryTest, AScaledTableThatCannotBeScaledIsRefusedWithTheDeployment) {
  struct Case {
    std::string scaled, message;
  };
  const Case cases[] = {
      {"table: \"delphi\"", "0 probes"},
      {"table: \"t\" probes {}", "no table t"},
      {"table: \"delphi\" reference: \"r\" probes {}", "no table r"},
      {"table: \"delphi\" probes { executor: \"nobody\" }", "no executor"},
      {"table: \"delphi\" probes { executor: \"client\" parameters: \"a\" }", "name=integer"},
      {"table: \"delphi\" probes { primitive: \"beaver.multiply\" count: 1 executor: \"joint\" "
       "parameters: \"element_bytes=8;field=0\" wall_seconds: 1 }",
       "does not cover"},
      {"table: \"delphi\" probes { primitive: \"plaintext.field_macs\" count: 1000 executor: "
       "\"server\" parameters: \"field_bits=41\" }",
       "not positive"},
  };
  for (const Case& one : cases) {
    const std::string path = Copy("scaled");
    Write(path + "/deployments.textproto",
          "deployments { id: \"x\" network: \"lan\" client { threads: 1 families { family: "
          "\"homomorphic\" scaled { " +
              one.scaled + " } } } }");
    const auto data = DataDirectory::Load(path);
    EXPECT_EQ(data.status().code(), absl::StatusCode::kInvalidArgument) << one.scaled;
    const std::string message(data.status().message());
    EXPECT_NE(message.find(one.message), std::string::npos) << message;
    EXPECT_NE(message.find("deployments.textproto"), std::string::npos) << message;
  }
}

TEST(DataDirectoryTest, MistakesAreRefusedWithTheFileAtFault) {
  struct Case {
    std::string name;
    std::string file;
    std::string text;
    std::string message;
  };
  const Case cases[] = {
      {"alias", "calibration/aliases.textproto", "aliases { name: \"a\" table: \"b\" }",
       "a names no table: b"},
      {"shadow", "calibration/aliases.textproto",
       "aliases { name: \"delphi-epyc7502\" table: \"delphi-epyc7502\" }", "is also a table"},
      {"network id", "networks/lan.textproto", "id: \"lam\" source: \"x\"", "id is \"lam\""},
      {"network source", "networks/lan.textproto", "id: \"lan\"", "no source"},
      {"network bandwidth", "networks/lan.textproto", "id: \"lan\" source: \"x\"",
       "bandwidth is not positive"},
      {"family", "deployments.textproto",
       "deployments { id: \"x\" network: \"lan\" client { threads: 1 families { family: \"f\" } } "
       "}",
       "family \"f\" is unknown"},
      {"table", "deployments.textproto",
       "deployments { id: \"x\" network: \"lan\" client { threads: 1 families { family: "
       "\"garbling\" tables: \"t\" } } }",
       "no table t"},
      {"network", "deployments.textproto", "deployments { id: \"x\" network: \"n\" }",
       "no network n"},
      {"threads", "deployments.textproto", "deployments { id: \"x\" network: \"lan\" client {} }",
       "threads is 0"},
      {"syntax", "deployments.textproto", "deployments {", "deployments.textproto:1:"},
  };
  for (const Case& c : cases) {
    const std::string path = Copy("bad");
    Write(path + "/" + c.file, c.text);
    const auto data = DataDirectory::Load(path);
    ASSERT_FALSE(data.ok()) << c.name;
    EXPECT_NE(std::string(data.status().message()).find(c.message), std::string::npos)
        << c.name << ": " << data.status();
  }
  EXPECT_EQ(DataDirectory::Load("no/such/folder").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace picost::cost
