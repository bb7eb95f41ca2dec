#include "calibrate/deployment_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "google/protobuf/text_format.h"
#include "proto/picost/v1/calibration_table.pb.h"

namespace picost::calibrate {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::shared_ptr<const cost::DataDirectory> Shipped() {
  const auto data = cost::DataDirectory::Load("data");
  EXPECT_TRUE(data.ok()) << data.status();
  return *data;
}

v1::DeploymentsFile::Deployment Parse(const std::string& text) {
  v1::DeploymentsFile file;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &file)) << text;
  EXPECT_EQ(file.deployments_size(), 1);
  return file.deployments(0);
}

const v1::DeploymentsFile::FamilyTables* Find(const v1::DeploymentsFile::Party& party,
                                              const std::string& family) {
  for (const auto& entry : party.families()) {
    if (entry.family() == family) return &entry;
  }
  return nullptr;
}

TEST(DeploymentFileTest, HomomorphicIsScaledByWhatRanWhereNoDriverOfItDid) {
  const auto shipped = Shipped();
  const auto pi_ref = shipped->FindTable("pi-ref-epyc-zen4");
  const DeploymentText text = WriteDeployment({.name = "here", .pi_ref = pi_ref}, shipped.get());
  const auto deployment = Parse(text.textproto);
  EXPECT_EQ(deployment.id(), "here");
  for (const auto& party : {deployment.client(), deployment.server()}) {
    EXPECT_EQ(Find(party, "garbling")->tables(0), "pi-ref-epyc-zen4");
    EXPECT_EQ(Find(party, "oblivious-transfer")->tables(0), "pi-ref-epyc-zen4");
    const auto* homomorphic = Find(party, "homomorphic");
    ASSERT_NE(homomorphic, nullptr);
    EXPECT_EQ(homomorphic->tables_size(), 0);
    ASSERT_EQ(homomorphic->scaled_size(), 1);
    const auto& scaled = homomorphic->scaled(0);
    // Both of one machine.
    EXPECT_EQ(shipped->FindTable(scaled.table())->table().environment.machine,
              shipped->FindTable(scaled.reference())->table().environment.machine);
    EXPECT_GE(scaled.probes_size(), 3);
    EXPECT_LE(scaled.probes_size(), 10);
    EXPECT_EQ(scaled.probes(0).primitive(), "plaintext.field_macs");
  }
  EXPECT_THAT(deployment.title(), HasSubstr("homomorphic scaled"));
  EXPECT_THAT(text.summary, HasSubstr("flagged"));
}

TEST(DeploymentFileTest, AClientOfAnotherKindIsJudgedByWhatItRanItself) {
  const auto shipped = Shipped();
  const auto pi_ref = shipped->FindTable("pi-ref-epyc-zen4");
  const auto deployment =
      Parse(WriteDeployment(
                {.name = "pair", .network = "pair", .pi_ref = pi_ref, .machines_differ = true},
                shipped.get())
                .textproto);
  EXPECT_EQ(deployment.network(), "pair");
  EXPECT_EQ(Find(deployment.client(), "homomorphic")->scaled(0).probes(0).primitive(),
            "gc.evaluate");
  EXPECT_EQ(Find(deployment.server(), "homomorphic")->scaled(0).probes(0).primitive(),
            "plaintext.field_macs");
}

TEST(DeploymentFileTest, WhatWasMeasuredNeedsNoScaling) {
  const auto shipped = Shipped();
  const DeploymentText text = WriteDeployment({.name = "both",
                                               .pi_ref = shipped->FindTable("pi-ref-epyc-zen4"),
                                               .he = shipped->FindTable("seal-tenseal-epyc-zen4")},
                                              shipped.get());
  const auto deployment = Parse(text.textproto);
  EXPECT_EQ(Find(deployment.client(), "homomorphic")->tables(0), "seal-tenseal-epyc-zen4");
  EXPECT_EQ(Find(deployment.client(), "homomorphic")->scaled_size(), 0);
  EXPECT_THAT(text.summary, Not(HasSubstr("scaled")));
}

TEST(DeploymentFileTest, WithoutShippedTablesOnlyWhatWasMeasuredIsNamed) {
  const auto shipped = Shipped();
  const auto deployment = Parse(
      WriteDeployment({.name = "here", .pi_ref = shipped->FindTable("pi-ref-epyc-zen4")}, nullptr)
          .textproto);
  EXPECT_EQ(Find(deployment.client(), "homomorphic"), nullptr);
  EXPECT_EQ(Find(deployment.client(), "whole-protocol"), nullptr);
  EXPECT_THAT(deployment.title(), HasSubstr("homomorphic not measured"));
}

}  // namespace
}  // namespace picost::calibrate
