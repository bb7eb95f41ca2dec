// Every size that was measured of SEAL's serialised objects (data of this project: SEAL
// 3.7.2 and 4.4.3, with and without HEXL). Sizes are of every configuration's own primes.
#include "estimator/primitives/seal_sizes.h"

#include <cstdint>
#include <fstream>
#include <numeric>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace picost::spec {
namespace {

namespace seal = primitives::seal;

struct Row {
  std::string line;
  std::string version;
  std::string op;
  int64_t ring_degree = 0;
  int64_t data_primes = 0;
  std::vector<int64_t> prime_bits;  // all primes, the special one last
  int64_t bytes = 0;
};

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

std::vector<Row> Rows() {
  std::ifstream file("tests/spec/testdata/measured_sizes.csv");
  std::vector<Row> rows;
  std::string line;
  std::getline(file, line);  // header
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = Split(line, ',');
    Row row{line, cells[0], cells[1], std::stoll(cells[2]), std::stoll(cells[3]), {}, 0};
    for (const std::string& bits : Split(cells[4], '+')) row.prime_bits.push_back(std::stoll(bits));
    row.bytes = std::stoll(cells[5]);
    rows.push_back(std::move(row));
  }
  return rows;
}

// Before compression; the primes that the object is over.
struct Raw {
  int64_t bytes = 0;
  std::vector<int64_t> prime_bits;
};
Raw RawSize(const Row& row) {
  const int64_t header =
      row.version.rfind("SEAL-3", 0) == 0 ? seal::kHeaderBytes3 : seal::kHeaderBytes4;
  const std::vector<int64_t> data(row.prime_bits.begin(), row.prime_bits.begin() + row.data_primes);
  if (row.op.rfind("size_ct_seeded", 0) == 0) {
    return {seal::SeededCiphertextBytes(row.ring_degree, row.data_primes, header), data};
  }
  if (row.op.rfind("size_ct_full", 0) == 0) {
    return {seal::CiphertextBytes(row.ring_degree, row.data_primes, header), data};
  }
  if (row.op.rfind("size_ct_modswitched_last", 0) == 0) {
    return {seal::CiphertextBytes(row.ring_degree, 1, header), {data[0]}};
  }
  if (row.op == "size_pk_zstd") {
    const auto primes = static_cast<int64_t>(row.prime_bits.size());
    return {seal::CiphertextBytes(row.ring_degree, primes, header), row.prime_bits};
  }
  EXPECT_EQ(row.op, "size_galois_key_one");
  return {seal::RotationKeyBytes(row.ring_degree, row.data_primes, header), row.prime_bits};
}

TEST(SealSizes, EqualEveryMeasuredRowThatAPlanCouldSend) {
  int exact = 0, compressed = 0;
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.line);
    const Raw raw = RawSize(row);
    if (row.op.find("_none") != std::string::npos) {
      EXPECT_EQ(raw.bytes, row.bytes);
      ++exact;
      continue;
    }
    bool wide = true;
    for (int64_t bits : raw.prime_bits) wide = wide && bits >= 60;
    if (wide) {
      EXPECT_EQ(seal::ZstdBytes(raw.bytes), row.bytes);
      ++exact;
      continue;
    }
    // The reason why these are in no form: what zstd makes of the zero bytes above narrow
    // coefficients depends on the data, and no plan sends such ciphertexts (DELPHI does not
    // compress; CrypTFlow2's primes have 60 bits; Cheetah's replies have forms of their
    // own). They lie between the coefficients' own bits and the uncompressed size.
    const int64_t bits = std::accumulate(raw.prime_bits.begin(), raw.prime_bits.end(), int64_t{0});
    const int64_t words = static_cast<int64_t>(raw.prime_bits.size()) * 64;
    EXPECT_GT(row.bytes, raw.bytes / words * bits);
    EXPECT_LT(row.bytes, raw.bytes);
    ++compressed;
  }
  EXPECT_EQ(exact + compressed, static_cast<int>(Rows().size()));
  EXPECT_GT(exact, 80);
}

// The catalogue's constants are these forms at the protocols' parameters.
TEST(SealSizes, AreWhatThePlannersSend) {
  EXPECT_EQ(seal::CiphertextBytes(8192, 4, seal::kHeaderBytes3), 524'393);  // DELPHI
  EXPECT_EQ(seal::ZstdBytes(seal::CiphertextBytes(8192, 3, seal::kHeaderBytes4)), 393'350);
  EXPECT_EQ(seal::ZstdBytes(seal::CiphertextBytes(8192, 1, seal::kHeaderBytes4)), 131'200);
}

}  // namespace
}  // namespace picost::spec
