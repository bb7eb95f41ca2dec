// What a channel has carried, as one party saw it.
//
//   bytes     payload handed to the socket, without TCP/IP headers
//   messages  system-level writes of the protocol: one per Send or Exchange
//   flights   one-way message dependencies: a run of messages in one direction
//             counts once, an exchange (both directions at once) counts once
//
// Both parties of a half-duplex operation see the same number of flights, so
// that a declared number can be compared with either side.
#ifndef PICOST_CALIBRATE_CHANNEL_METER_H_
#define PICOST_CALIBRATE_CHANNEL_METER_H_

#include <cstdint>

namespace picost::calibrate {

class ChannelMeter {
 public:
  void OnSend(int64_t bytes) {
    bytes_sent_ += bytes;
    ++messages_sent_;
    Turn(Direction::kSending);
  }
  void OnReceive(int64_t bytes) {
    bytes_received_ += bytes;
    Turn(Direction::kReceiving);
  }
  // Both directions at once: nobody waits for the other's content.
  void OnExchange(int64_t sent, int64_t received) {
    bytes_sent_ += sent;
    bytes_received_ += received;
    ++messages_sent_;
    ++flights_;
    direction_ = Direction::kNone;
  }

  // The next message opens a new flight whatever came before.
  void Reset() { *this = ChannelMeter(); }

  int64_t bytes_sent() const { return bytes_sent_; }
  int64_t bytes_received() const { return bytes_received_; }
  int64_t messages_sent() const { return messages_sent_; }
  int64_t flights() const { return flights_; }

 private:
  enum class Direction { kNone, kSending, kReceiving };

  void Turn(Direction direction) {
    if (direction_ != direction) ++flights_;
    direction_ = direction;
  }

  int64_t bytes_sent_ = 0;
  int64_t bytes_received_ = 0;
  int64_t messages_sent_ = 0;
  int64_t flights_ = 0;
  Direction direction_ = Direction::kNone;
};

}  // namespace picost::calibrate

#endif  // PICOST_CALIBRATE_CHANNEL_METER_H_
