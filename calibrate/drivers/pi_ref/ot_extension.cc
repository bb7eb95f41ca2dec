#include "calibrate/drivers/pi_ref/ot_extension.h"

#include <algorithm>
#include <cstring>

#include "calibrate/drivers/pi_ref/base_ot.h"
#include "calibrate/drivers/pi_ref/bit_matrix.h"
#include "calibrate/drivers/pi_ref/randomness.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

// Blocks of a column worked on together: 16 * 128 transfers, 32 KiB a message, so that
// columns and message lie in the first caches however many transfers there are.
constexpr int64_t kChunkBlocks = 16;

int64_t PaddedBlocks(int64_t count) { return (count + kOtSecurity - 1) / kOtSecurity; }

// columns[i][block] -> rows of 128 bits, row j of block b at out[128 b + j].
void TransposeColumns(const SecretBlocks& columns, int64_t blocks, int64_t count, Block* out) {
  Block square[128];
  for (int64_t b = 0; b < blocks; ++b) {
    for (int i = 0; i < 128; ++i) square[i] = columns[i * blocks + b];
    Transpose128(square);
    const int64_t rows = std::min<int64_t>(128, count - b * 128);
    std::memcpy(out + b * 128, square, static_cast<size_t>(rows) * sizeof(Block));
  }
  Wipe(square, sizeof(square));
}

// H of each block under start + its number, eight keys at a time.
template <int kPerKey>
void HashAll(Block start, int64_t first, Block* blocks, int64_t keys_count) {
  constexpr int64_t kTogether = 64;
  Block keys[kTogether];
  for (int64_t done = 0; done < keys_count; done += kTogether) {
    const int64_t now = std::min(kTogether, keys_count - done);
    for (int64_t i = 0; i < now; ++i) {
      keys[i] = AddTweak(start, static_cast<uint64_t>(first + done + i));
    }
    HashRekeyed<kPerKey>(keys, static_cast<int>(now), blocks + done * kPerKey);
  }
}

constexpr int64_t kMessageChunk = 8192;  // transfers whose messages travel together

}  // namespace

absl::StatusOr<std::unique_ptr<OtExtensionSender>> OtExtensionSender::Create(
    calibrate::Channel& channel, Block delta) {
  SecretVector<uint8_t> choices(kOtSecurity);
  uint64_t words[2];
  std::memcpy(words, &delta, sizeof(words));
  for (int i = 0; i < kOtSecurity; ++i) {
    choices[i] = static_cast<uint8_t>((words[i / 64] >> (i % 64)) & 1);
  }
  Wipe(words, sizeof(words));
  PICOST_ASSIGN_OR_RETURN(const SecretBlocks seeds, ReceiveBaseOt(channel, choices));
  auto sender = std::unique_ptr<OtExtensionSender>(new OtExtensionSender(delta));
  for (const Block& seed : seeds) sender->columns_.emplace_back(seed);
  return sender;
}

absl::Status OtExtensionSender::Correlated(calibrate::Channel& channel, int64_t count,
                                           SecretBlocks& q) {
  q.resize(static_cast<size_t>(count));
  SecretBlocks mask(kOtSecurity);
  uint64_t words[2];
  std::memcpy(words, &delta_, sizeof(words));
  for (int i = 0; i < kOtSecurity; ++i) mask[i] = MaskOf(words[i / 64] >> (i % 64));
  Wipe(words, sizeof(words));

  // Column i: G(K_i[s_i]) xor s_i u_i.
  SecretBlocks columns(kOtSecurity * kChunkBlocks);
  std::vector<Block> received(kOtSecurity * kChunkBlocks);
  for (int64_t done = 0; done < count;) {
    const int64_t blocks = std::min(kChunkBlocks, PaddedBlocks(count - done));
    PICOST_RETURN_IF_ERROR(
        channel.Receive(received.data(), kOtSecurity * blocks * int64_t{sizeof(Block)}));
    for (int i = 0; i < kOtSecurity; ++i) {
      Block* column = &columns[i * blocks];
      columns_[i].Fill(column, static_cast<size_t>(blocks));
      for (int64_t b = 0; b < blocks; ++b) column[b] ^= mask[i] & received[i * blocks + b];
    }
    TransposeColumns(columns, blocks, count - done, &q[static_cast<size_t>(done)]);
    done += blocks * kOtSecurity;
  }
  return absl::OkStatus();
}

absl::Status OtExtensionReceiver::Correlated(calibrate::Channel& channel,
                                             const SecretBlocks& choices, int64_t count,
                                             SecretBlocks& t) {
  t.resize(static_cast<size_t>(count));
  // Column i: t_i = G(K_i0); sent u_i = G(K_i0) xor G(K_i1) xor choices.
  SecretBlocks columns(kOtSecurity * kChunkBlocks);
  std::vector<Block> sent(kOtSecurity * kChunkBlocks);
  for (int64_t done = 0; done < count;) {
    const int64_t blocks = std::min(kChunkBlocks, PaddedBlocks(count - done));
    for (int i = 0; i < kOtSecurity; ++i) {
      Block* column = &columns[i * blocks];
      Block* u = &sent[i * blocks];
      zero_columns_[i].Fill(column, static_cast<size_t>(blocks));
      for (int64_t b = 0; b < blocks; ++b) {
        u[b] = column[b] ^ choices[static_cast<size_t>(done / kOtSecurity + b)];
      }
      one_columns_[i].XorInto(u, static_cast<size_t>(blocks));
    }
    PICOST_RETURN_IF_ERROR(
        channel.Send(sent.data(), kOtSecurity * blocks * int64_t{sizeof(Block)}));
    TransposeColumns(columns, blocks, count - done, &t[static_cast<size_t>(done)]);
    done += blocks * kOtSecurity;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<OtExtensionReceiver>> OtExtensionReceiver::Create(
    calibrate::Channel& channel) {
  PICOST_ASSIGN_OR_RETURN(const SecretBlocks seeds, SendBaseOt(channel, kOtSecurity));
  auto receiver = std::unique_ptr<OtExtensionReceiver>(new OtExtensionReceiver());
  for (int i = 0; i < kOtSecurity; ++i) {
    receiver->zero_columns_.emplace_back(seeds[2 * i]);
    receiver->one_columns_.emplace_back(seeds[2 * i + 1]);
  }
  return receiver;
}

absl::Status OtExtensionSender::Chosen(calibrate::Channel& channel, const SecretBlocks& messages) {
  const int64_t count = static_cast<int64_t>(messages.size() / 2);
  SecretBlocks q;
  PICOST_RETURN_IF_ERROR(Correlated(channel, count, q));
  // The start of the hash keys is public; it travels with the first messages.
  std::vector<Block> sent(2 * kMessageChunk + 1);
  sent[0] = RandomBlock();
  const Block start = sent[0];
  int64_t header = 1;
  for (int64_t done = 0; done < count; done += kMessageChunk) {
    const int64_t now = std::min(kMessageChunk, count - done);
    Block* out = sent.data() + header;
    for (int64_t j = 0; j < now; ++j) {
      out[2 * j] = q[static_cast<size_t>(done + j)];
      out[2 * j + 1] = out[2 * j] ^ delta_;
    }
    HashAll<2>(start, done, out, now);
    for (int64_t j = 0; j < 2 * now; ++j) out[j] ^= messages[static_cast<size_t>(2 * done + j)];
    PICOST_RETURN_IF_ERROR(channel.Send(sent.data(), (2 * now + header) * int64_t{sizeof(Block)}));
    header = 0;
  }
  return absl::OkStatus();
}

absl::Status OtExtensionReceiver::Chosen(calibrate::Channel& channel, const SecretBlocks& choices,
                                         int64_t count, SecretBlocks& messages) {
  PICOST_RETURN_IF_ERROR(Correlated(channel, choices, count, messages));
  Block start;
  PICOST_RETURN_IF_ERROR(channel.Receive(&start, sizeof(start)));
  std::vector<Block> received(2 * kMessageChunk);
  for (int64_t done = 0; done < count; done += kMessageChunk) {
    const int64_t now = std::min(kMessageChunk, count - done);
    PICOST_RETURN_IF_ERROR(channel.Receive(received.data(), 2 * now * int64_t{sizeof(Block)}));
    Block* out = &messages[static_cast<size_t>(done)];
    HashAll<1>(start, done, out, now);
    for (int64_t j = 0; j < now; ++j) {
      const int64_t index = done + j;
      uint64_t words[2];
      std::memcpy(words, &choices[static_cast<size_t>(index / 128)], sizeof(words));
      const Block choice = MaskOf(words[(index % 128) / 64] >> (index % 64));
      out[j] ^= received[2 * j] ^ (choice & (received[2 * j] ^ received[2 * j + 1]));
    }
  }
  return absl::OkStatus();
}

}  // namespace picost::pi_ref
