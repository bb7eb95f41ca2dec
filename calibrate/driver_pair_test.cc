#include "calibrate/driver_pair.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace picost::calibrate {
namespace {

Repetition OneStep(Step::Part part, int64_t sent, int64_t received, double wall) {
  Repetition repetition;
  Step& step = *repetition.add_steps();
  step.set_primitive("beaver.multiply");
  (*step.mutable_parameters())["element_bytes"] = 8;
  (*step.mutable_parameters())["field"] = 1;
  step.set_count(10);
  step.set_part(part);
  step.set_bytes_sent(sent);
  step.set_bytes_received(received);
  step.set_flights(1);
  step.set_wall_seconds(wall);
  step.set_cpu_seconds(wall / 2);
  repetition.set_correct(true);
  return repetition;
}

TEST(MergeRepetition, AJointStepIsOneSampleOfTheLongerTime) {
  const auto samples = MergeRepetition(OneStep(Step::JOINT, 160, 160, 0.5),
                                       OneStep(Step::JOINT, 160, 160, 0.75), "lo", 4);
  ASSERT_TRUE(samples.ok()) << samples.status();
  ASSERT_EQ(samples->size(), 1u);
  EXPECT_EQ((*samples)[0].executor, primitives::Executor::kJoint);
  EXPECT_EQ((*samples)[0].wall, Seconds(0.75));
  EXPECT_EQ((*samples)[0].repeat, 4);
}

TEST(MergeRepetition, OnlyPartiesThatWorkGiveSamples) {
  const auto one = MergeRepetition(OneStep(Step::IDLE, 0, 160, 0.5),
                                   OneStep(Step::WORKS, 160, 0, 0.75), "lo", 0);
  ASSERT_TRUE(one.ok()) << one.status();
  ASSERT_EQ(one->size(), 1u);
  EXPECT_EQ((*one)[0].executor, primitives::Executor::kServer);
  EXPECT_EQ((*one)[0].traffic.server_to_client, Bytes(160));
  EXPECT_EQ((*one)[0].traffic.client_to_server, Bytes(0));
  const auto both = MergeRepetition(OneStep(Step::WORKS, 0, 160, 0.5),
                                    OneStep(Step::WORKS, 160, 0, 0.75), "lo", 0);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->size(), 2u);
}

TEST(MergeRepetition, RefusesPartiesThatDisagree) {
  const Repetition good = OneStep(Step::WORKS, 160, 0, 0.5);
  const struct {
    const char* name;
    std::function<void(Repetition&)> spoil;
  } cases[] = {
      {"bytes", [](Repetition& r) { r.mutable_steps(0)->set_bytes_received(159); }},
      {"flights", [](Repetition& r) { r.mutable_steps(0)->set_flights(2); }},
      {"primitive", [](Repetition& r) { r.mutable_steps(0)->set_primitive("gc.garble"); }},
      {"count", [](Repetition& r) { r.mutable_steps(0)->set_count(11); }},
      {"parameters",
       [](Repetition& r) { (*r.mutable_steps(0)->mutable_parameters())["field"] = 0; }},
      {"who works", [](Repetition& r) { r.mutable_steps(0)->set_part(Step::JOINT); }},
      {"no part", [](Repetition& r) { r.mutable_steps(0)->set_part(Step::PART_UNSPECIFIED); }},
      {"number of steps", [](Repetition& r) { r.clear_steps(); }},
  };
  for (const auto& c : cases) {
    Repetition other = OneStep(Step::IDLE, 0, 160, 0.5);
    ASSERT_TRUE(MergeRepetition(good, other, "lo", 0).ok());
    c.spoil(other);
    EXPECT_EQ(MergeRepetition(good, other, "lo", 0).status().code(), absl::StatusCode::kInternal)
        << c.name;
  }
}

TEST(MergeRepetition, LocalStepsHaveNoLinkAndNoTraffic) {
  Repetition client = OneStep(Step::WORKS, 0, 0, 0.5);
  Repetition server = OneStep(Step::IDLE, 0, 0, 0.5);
  client.mutable_steps(0)->set_local(true);
  const auto samples = MergeRepetition(client, server, "lo", 0);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_EQ((*samples)[0].network, "none");
  EXPECT_FALSE((*samples)[0].traffic_known);
}

}  // namespace
}  // namespace picost::calibrate
