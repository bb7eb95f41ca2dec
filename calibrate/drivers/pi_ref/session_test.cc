#include "calibrate/drivers/pi_ref/session.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "calibrate/drivers/pi_ref/two_parties.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::Channel;

struct Case {
  std::string name;
  Function function;
  bool ring;
  int bits;
  int values;
  int fraction_bits;
};

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const bool ring : {true, false}) {
    for (const int bits : {16, 32, 37, 41, 64}) {
      if (!ring && bits == 64) continue;
      const std::string name = (ring ? "Ring" : "Field") + std::to_string(bits);
      cases.push_back({name + "Relu", Function::kRelu, ring, bits, 1, 0});
      cases.push_back({name + "Relu6", Function::kRelu6, ring, bits, 1, 8});
      cases.push_back({name + "Maximum4", Function::kMaximum, ring, bits, 4, 0});
      cases.push_back({name + "Truncate", Function::kTruncate, ring, bits, 1, 12});
    }
  }
  return cases;
}

// Everything that travelled, as the garbler metered it.
struct Metered {
  int64_t ot_received = 0;
  int64_t tables_sent = 0;
  int64_t labels_sent = 0;
  int64_t outputs_received = 0;
};

class SessionTest : public testing::TestWithParam<Case> {
 protected:
  static Modulus ModulusOf(const Case& c) {
    return *(c.ring ? Modulus::Ring(c.bits) : Modulus::Field(c.bits));
  }

  // Runs n random instances and checks every one of them.
  static void Check(const Case& c, int64_t n, Metered& metered) {
    const Modulus modulus = ModulusOf(c);
    const auto shared = MakeSharedCircuit(c.function, modulus, c.values, c.fraction_bits);
    ASSERT_TRUE(shared.ok()) << shared.status();
    std::mt19937_64 random(11);
    SecretVector<uint64_t> opened, share0, share1, masks, out;
    for (int64_t i = 0; i < n; ++i) {
      for (int v = 0; v < c.values; ++v) {
        opened.push_back(modulus.Reduce(random()));
        share1.push_back(modulus.Reduce(random()));
        share0.push_back(modulus.Subtract(opened.back(), share1.back()));
      }
      masks.push_back(modulus.Reduce(random()));
    }
    const absl::Status status = RunTwoParties(
        [&](Channel& channel) -> absl::Status {
          PICOST_ASSIGN_OR_RETURN(const auto garbler, GarblerSession::Setup(channel, *shared));
          channel.meter().Reset();
          PICOST_RETURN_IF_ERROR(garbler->OfflineOt(n));
          metered.ot_received = channel.meter().bytes_received();
          channel.meter().Reset();
          PICOST_RETURN_IF_ERROR(garbler->OfflineTables());
          metered.tables_sent = channel.meter().bytes_sent();
          channel.meter().Reset();
          PICOST_RETURN_IF_ERROR(garbler->SendLabels(share0));
          metered.labels_sent = channel.meter().bytes_sent();
          PICOST_RETURN_IF_ERROR(garbler->ReceiveOutputs(out));
          metered.outputs_received = channel.meter().bytes_received();
          return absl::OkStatus();
        },
        [&](Channel& channel) -> absl::Status {
          PICOST_ASSIGN_OR_RETURN(const auto evaluator, EvaluatorSession::Setup(channel, *shared));
          PICOST_RETURN_IF_ERROR(evaluator->OfflineOt(share1, masks));
          PICOST_RETURN_IF_ERROR(evaluator->OfflineTables());
          PICOST_RETURN_IF_ERROR(evaluator->ReceiveLabels());
          return evaluator->EvaluateAndReturn();
        });
    ASSERT_TRUE(status.ok()) << status;
    for (int64_t i = 0; i < n; ++i) {
      ASSERT_EQ(modulus.Add(out[i], masks[i]), shared->InClear(&opened[i * c.values]))
          << c.name << " instance " << i;
    }
  }
};

TEST_P(SessionTest, IsRightOnTenThousandRandomSharesAndItsBytesAreTheClosedForm) {
  const Case& c = GetParam();
  constexpr int64_t n = 10'000;
  Metered metered;
  Check(c, n, metered);
  const int64_t ands = StatedAndGates(c.function, ModulusOf(c), c.values, c.fraction_bits);
  const int64_t packed = (n * c.bits + 7) / 8;
  EXPECT_EQ(metered.ot_received, 16 * ((n * (c.values + 1) * c.bits + 127) / 128 * 128));
  EXPECT_EQ(metered.tables_sent, 80 + n * 32 * ands + packed);
  EXPECT_EQ(metered.labels_sent, n * 16 * c.values * c.bits);
  EXPECT_EQ(metered.outputs_received, packed);
}

TEST_P(SessionTest, IsRightForFewInstances) {
  for (const int64_t n : {1, 7, 8, 9, 129}) {
    Metered metered;
    Check(GetParam(), n, metered);
  }
}

INSTANTIATE_TEST_SUITE_P(AllCircuits, SessionTest, testing::ValuesIn(Cases()),
                         [](const auto& info) { return info.param.name; });

// A million ReLU elements at DELPHI's width; run where PICOST_LONG is set.
TEST(Session, IsRightOnAMillionRelus) {
  if (std::getenv("PICOST_LONG") == nullptr) GTEST_SKIP() << "set PICOST_LONG to run";
  struct Access : SessionTest {
    using SessionTest::Check;
    void TestBody() override {}
  };
  // In parts: the evaluator keeps all tables of a part.
  for (int part = 0; part < 10; ++part) {
    Metered metered;
    Access::Check({"Field41Relu", Function::kRelu, false, 41, 1, 0}, 100'000, metered);
  }
}

TEST(Session, RefusesTablesOfAnotherCircuit) {
  const auto mine = MakeSharedCircuit(Function::kTruncate, *Modulus::Ring(32), 1, 12);
  const auto other = MakeSharedCircuit(Function::kTruncate, *Modulus::Ring(32), 1, 13);
  const SecretVector<uint64_t> zeros(4);
  absl::Status refused;
  (void)RunTwoParties(
      [&](Channel& channel) -> absl::Status {
        PICOST_ASSIGN_OR_RETURN(const auto garbler, GarblerSession::Setup(channel, *other));
        PICOST_RETURN_IF_ERROR(garbler->OfflineOt(4));
        return garbler->OfflineTables();
      },
      [&](Channel& channel) -> absl::Status {
        PICOST_ASSIGN_OR_RETURN(const auto evaluator, EvaluatorSession::Setup(channel, *mine));
        PICOST_RETURN_IF_ERROR(evaluator->OfflineOt(zeros, zeros));
        refused = evaluator->OfflineTables();
        return refused;
      });
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << refused;
}

}  // namespace
}  // namespace picost::pi_ref
