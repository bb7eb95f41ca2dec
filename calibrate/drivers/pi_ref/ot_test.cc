#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "calibrate/drivers/pi_ref/base_ot.h"
#include "calibrate/drivers/pi_ref/bit_matrix.h"
#include "calibrate/drivers/pi_ref/ot_extension.h"
#include "calibrate/drivers/pi_ref/packed_bits.h"
#include "calibrate/drivers/pi_ref/randomness.h"
#include "calibrate/drivers/pi_ref/two_parties.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::Channel;

SecretBlocks RandomBlocks(size_t count) {
  SecretBlocks blocks(count);
  Prg(RandomBlock()).Fill(blocks.data(), count);
  return blocks;
}

TEST(BitMatrix, TransposesEveryBit) {
  const SecretBlocks before = RandomBlocks(128);
  SecretBlocks after = before;
  Transpose128(after.data());
  const uint8_t* in = reinterpret_cast<const uint8_t*>(before.data());
  const uint8_t* out = reinterpret_cast<const uint8_t*>(after.data());
  for (int i = 0; i < 128; ++i) {
    for (int j = 0; j < 128; ++j) {
      ASSERT_EQ(GetBit(in, i * 128 + j), GetBit(out, j * 128 + i)) << i << "," << j;
    }
  }
}

TEST(BaseOt, TheReceiverGetsTheChosenKeyOnlyAndTheBytesAreTheClosedForm) {
  constexpr int kCount = 128;
  SecretVector<uint8_t> choices(kCount);
  for (int i = 0; i < kCount; ++i) choices[i] = (i * 7 / 3) & 1;
  SecretBlocks pairs, chosen;
  int64_t sent = 0, received = 0, flights = 0;
  ASSERT_TRUE(RunTwoParties(
                  [&](Channel& c) -> absl::Status {
                    PICOST_ASSIGN_OR_RETURN(pairs, SendBaseOt(c, kCount));
                    sent = c.meter().bytes_sent();
                    received = c.meter().bytes_received();
                    flights = c.meter().flights();
                    return absl::OkStatus();
                  },
                  [&](Channel& c) -> absl::Status {
                    PICOST_ASSIGN_OR_RETURN(chosen, ReceiveBaseOt(c, choices));
                    return absl::OkStatus();
                  })
                  .ok());
  for (int i = 0; i < kCount; ++i) {
    EXPECT_TRUE(chosen[i] == pairs[2 * i + choices[i]]) << i;
    EXPECT_FALSE(chosen[i] == pairs[2 * i + 1 - choices[i]]) << i;
  }
  EXPECT_EQ(sent, 32);
  EXPECT_EQ(received, 128 * 32);
  EXPECT_EQ(flights, 2);
}

TEST(BaseOt, RefusesWhatIsNoPoint) {
  const absl::Status status =
      RunTwoParties([](Channel& c) -> absl::Status { return SendBaseOt(c, 4).status(); },
                    [](Channel& c) -> absl::Status {
                      char point[32];
                      PICOST_RETURN_IF_ERROR(c.Receive(point, sizeof(point)));
                      const std::string junk(4 * 32, '\xff');
                      PICOST_RETURN_IF_ERROR(c.Send(junk.data(), junk.size()));
                      return absl::OkStatus();
                    });
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
}

class OtExtension : public testing::TestWithParam<int64_t> {};

TEST_P(OtExtension, CorrelatedPairsDifferByDeltaWhereChosen) {
  const int64_t count = GetParam();
  const Block delta = RandomBlock();
  const SecretBlocks choices = RandomBlocks(static_cast<size_t>((count + 127) / 128));
  SecretBlocks q, t;
  int64_t received = 0, flights = 0;
  const absl::Status status = RunTwoParties(
      [&](Channel& c) -> absl::Status {
        PICOST_ASSIGN_OR_RETURN(const auto ot, OtExtensionSender::Create(c, delta));
        c.meter().Reset();
        PICOST_RETURN_IF_ERROR(ot->Correlated(c, count, q));
        received = c.meter().bytes_received();
        flights = c.meter().flights();
        return ot->Correlated(c, count, q);  // again: the streams stay in step
      },
      [&](Channel& c) -> absl::Status {
        PICOST_ASSIGN_OR_RETURN(const auto ot, OtExtensionReceiver::Create(c));
        PICOST_RETURN_IF_ERROR(ot->Correlated(c, choices, count, t));
        return ot->Correlated(c, choices, count, t);
      });
  ASSERT_TRUE(status.ok()) << status;
  const uint8_t* bits = reinterpret_cast<const uint8_t*>(choices.data());
  ASSERT_EQ(q.size(), static_cast<size_t>(count));
  for (int64_t j = 0; j < count; ++j) {
    ASSERT_TRUE((q[j] ^ t[j]) == (MaskOf(GetBit(bits, j)) & delta)) << j;
  }
  if (count > 1) {
    EXPECT_FALSE(q[0] == q[1]);
  }
  EXPECT_EQ(received, 16 * ((count + 127) / 128 * 128));
  EXPECT_EQ(flights, 1);
}

TEST_P(OtExtension, ChosenMessagesArriveWhereChosen) {
  const int64_t count = GetParam();
  const SecretBlocks choices = RandomBlocks(static_cast<size_t>((count + 127) / 128));
  const SecretBlocks messages = RandomBlocks(static_cast<size_t>(2 * count));
  SecretBlocks got;
  int64_t sent = 0, flights = 0;
  const absl::Status status = RunTwoParties(
      [&](Channel& c) -> absl::Status {
        PICOST_ASSIGN_OR_RETURN(const auto ot, OtExtensionSender::Create(c, RandomBlock()));
        c.meter().Reset();
        PICOST_RETURN_IF_ERROR(ot->Chosen(c, messages));
        sent = c.meter().bytes_sent();
        flights = c.meter().flights();
        return absl::OkStatus();
      },
      [&](Channel& c) -> absl::Status {
        PICOST_ASSIGN_OR_RETURN(const auto ot, OtExtensionReceiver::Create(c));
        return ot->Chosen(c, choices, count, got);
      });
  ASSERT_TRUE(status.ok()) << status;
  const uint8_t* bits = reinterpret_cast<const uint8_t*>(choices.data());
  for (int64_t j = 0; j < count; ++j) {
    ASSERT_TRUE(got[j] == messages[2 * j + GetBit(bits, j)]) << j;
  }
  EXPECT_EQ(sent, 32 * count + 16);
  EXPECT_EQ(flights, 2);
}

INSTANTIATE_TEST_SUITE_P(Counts, OtExtension,
                         testing::Values(1, 127, 128, 129, 2047, 2048, 2049, 8192, 10001));

}  // namespace
}  // namespace picost::pi_ref
