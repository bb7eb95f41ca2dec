#include "calibrate/channel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace picost::calibrate {
namespace {

TEST(ChannelMeter, CountsRunsOfMessagesInOneDirectionAsOneFlight) {
  ChannelMeter meter;
  meter.OnSend(10);
  meter.OnSend(5);
  EXPECT_EQ(meter.flights(), 1);
  meter.OnReceive(7);
  meter.OnReceive(1);
  EXPECT_EQ(meter.flights(), 2);
  meter.OnSend(1);
  EXPECT_EQ(meter.flights(), 3);
  EXPECT_EQ(meter.bytes_sent(), 16);
  EXPECT_EQ(meter.bytes_received(), 8);
  EXPECT_EQ(meter.messages_sent(), 3);
}

TEST(ChannelMeter, CountsEveryExchangeAsOneFlight) {
  ChannelMeter meter;
  meter.OnExchange(8, 8);
  meter.OnExchange(8, 8);
  EXPECT_EQ(meter.flights(), 2);
  meter.OnSend(1);
  EXPECT_EQ(meter.flights(), 3);
}

TEST(Channel, ExchangesMoreThanTheKernelBuffers) {
  auto pair = Channel::LoopbackPair();
  ASSERT_TRUE(pair.ok()) << pair.status();
  const std::string a(32 << 20, 'a'), b(24 << 20, 'b');
  std::string got_a(a.size(), 0), got_b(b.size(), 0);
  absl::Status other;
  std::thread thread(
      [&] { other = pair->second->Exchange(b.data(), b.size(), got_a.data(), got_a.size()); });
  const absl::Status mine = pair->first->Exchange(a.data(), a.size(), got_b.data(), got_b.size());
  thread.join();
  ASSERT_TRUE(mine.ok() && other.ok()) << mine << other;
  EXPECT_EQ(got_a, a);
  EXPECT_EQ(got_b, b);
}

// Lengths of pieces differ between the parties; bytes do not.
TEST(Channel, ExchangesPieceByPieceAsOneExchange) {
  auto pair = Channel::LoopbackPair();
  ASSERT_TRUE(pair.ok()) << pair.status();
  constexpr size_t kBytes = 3'000'000;
  const auto run = [](Channel& channel, char mine, size_t out_piece, size_t in_piece,
                      std::string& received) {
    const std::string piece(out_piece, mine);
    std::string room(in_piece, 0);
    size_t sent = 0, asked = 0;
    return channel.Exchange(
        [&]() -> std::span<const char> {
          const size_t now = std::min(out_piece, kBytes - sent);
          sent += now;
          return {piece.data(), now};
        },
        [&]() -> std::span<char> {
          received.append(room, 0, asked - received.size());
          const size_t now = std::min(in_piece, kBytes - asked);
          asked += now;
          return {room.data(), now};
        });
  };
  std::string at_first, at_second;
  absl::Status other;
  std::thread thread([&] { other = run(*pair->second, 'b', 777, 65'536, at_second); });
  const absl::Status mine = run(*pair->first, 'a', 100'000, 4096, at_first);
  thread.join();
  ASSERT_TRUE(mine.ok() && other.ok()) << mine << other;
  EXPECT_EQ(at_first, std::string(kBytes, 'b'));
  EXPECT_EQ(at_second, std::string(kBytes, 'a'));
  EXPECT_EQ(pair->first->meter().flights(), 1);
  EXPECT_EQ(pair->first->meter().bytes_sent(), kBytes);
  EXPECT_EQ(pair->first->meter().bytes_received(), kBytes);
}

TEST(Channel, SaysSoWhenTheOtherPartyIsGone) {
  auto pair = Channel::LoopbackPair();
  ASSERT_TRUE(pair.ok()) << pair.status();
  pair->second.reset();
  char byte;
  EXPECT_EQ(pair->first->Receive(&byte, 1).code(), absl::StatusCode::kUnavailable);
}

TEST(Channel, GivesUpConnectingAtTheDeadline) {
  const auto listener = Listener::Open("127.0.0.1", 0);
  ASSERT_TRUE(listener.ok());
  const auto nobody = (*listener)->Accept(0.01);
  EXPECT_EQ(nobody.status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_FALSE(Channel::Connect("no.such.host.invalid", 1, 0.01).ok());
}

}  // namespace
}  // namespace picost::calibrate
