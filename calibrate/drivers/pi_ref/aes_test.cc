#include "calibrate/drivers/pi_ref/aes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "calibrate/drivers/pi_ref/randomness.h"

namespace picost::pi_ref {
namespace {

Block FromBytes(const std::vector<uint8_t>& bytes) {
  Block block;
  std::memcpy(&block, bytes.data(), sizeof(block));
  return block;
}

// FIPS 197, appendix C.1.
const std::vector<uint8_t> kKey = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                   0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f};
const std::vector<uint8_t> kPlain = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                     0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
const std::vector<uint8_t> kCipher = {0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
                                      0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a};

TEST(Aes, EncryptsTheExampleOfTheStandardInEveryLane) {
  ASSERT_TRUE(CheckProcessor().ok());
  for (int lanes = 1; lanes <= 17; ++lanes) {
    std::vector<Block> keys(lanes, FromBytes(kKey));
    std::vector<Block> blocks(2 * lanes, FromBytes(kPlain));
    EncryptRekeyed<2>(keys.data(), lanes, blocks.data());
    for (const Block& block : blocks) EXPECT_TRUE(block == FromBytes(kCipher)) << lanes;
  }
}

TEST(Aes, CounterModeEncryptsTheCounterUnderTheSeed) {
  Prg prg(FromBytes(kKey));
  std::vector<Block> stream(21);
  prg.Fill(stream.data(), 5);
  prg.Fill(stream.data() + 5, 16);
  for (uint64_t i = 0; i < stream.size(); ++i) {
    Block key = FromBytes(kKey);
    Block counter = MakeBlock(0, i);
    EncryptRekeyed<1>(&key, 1, &counter);
    EXPECT_TRUE(stream[i] == counter) << i;
  }
}

TEST(Aes, XorIntoAddsTheSameStreamThatFillWrites) {
  Prg one(FromBytes(kKey)), two(FromBytes(kKey));
  std::vector<Block> a(11), b(11, MakeBlock(5, 7));
  one.Fill(a.data(), a.size());
  two.XorInto(b.data(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_TRUE((a[i] ^ MakeBlock(5, 7)) == b[i]);
}

TEST(Aes, TheHashIsTheCipherOfTheOrthomorphismPlusTheOrthomorphism) {
  for (int lanes : {1, 4, 7}) {
    std::vector<Block> keys, blocks, expected;
    for (int i = 0; i < lanes; ++i) {
      keys.push_back(MakeBlock(3, i));
      const uint64_t left = 1000 + i, right = 77 * i;
      blocks.push_back(MakeBlock(left, right));
      Block s = MakeBlock(left ^ right, left);
      Block cipher = s;
      EncryptRekeyed<1>(&keys.back(), 1, &cipher);
      expected.push_back(cipher ^ s);
    }
    HashRekeyed<1>(keys.data(), lanes, blocks.data());
    for (int i = 0; i < lanes; ++i) EXPECT_TRUE(blocks[i] == expected[i]) << lanes << " " << i;
  }
}

TEST(Randomness, DoesNotRepeatItself) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const Block block = RandomBlock();
    seen.insert(std::string(reinterpret_cast<const char*>(&block), sizeof(block)));
  }
  EXPECT_EQ(seen.size(), 1000u);
}

}  // namespace
}  // namespace picost::pi_ref
