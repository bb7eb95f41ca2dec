// Runs a fuzz target over its committed corpus and over a few thousand mutations
// of it, the same ones every time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fuzz/random.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
// Only the targets that know the structure of their input have one.
extern "C" __attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size,
                                                                size_t max_size, unsigned seed);

namespace {

using picost::fuzz::Random;

constexpr int kMutations = 3000;
constexpr size_t kLargestMutated = 20'000;  // bytes; larger ones only as they are

std::vector<std::string> Corpus() {
  std::vector<std::string> files;
  for (const char* folder : {PICOST_FUZZ_CORPUS, "data/models"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && entry.path().extension() != ".json") {
        files.push_back(entry.path().string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> contents;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    contents.push_back(bytes.str());
  }
  return contents;
}

void RunTarget(const std::string& bytes) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

std::string Mutate(std::string bytes, const std::string& other, Random& random) {
  if (LLVMFuzzerCustomMutator != nullptr) {
    const size_t size = bytes.size();
    bytes.resize(2 * kLargestMutated);
    const auto seed = static_cast<unsigned>(random.Next());
    bytes.resize(LLVMFuzzerCustomMutator(reinterpret_cast<uint8_t*>(bytes.data()), size,
                                         bytes.size(), seed));
    return bytes;
  }
  const size_t edits = 1 + random.Below(4);
  for (size_t i = 0; i < edits && !bytes.empty(); ++i) {
    const size_t at = random.Below(bytes.size());
    switch (random.Below(6)) {
      case 0:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.Below(8)));
        break;
      case 1:
        bytes[at] = static_cast<char>(random.Next());
        break;
      case 2:
        bytes.erase(at, 1 + random.Below(16));
        break;
      case 3:
        bytes.insert(at, 1 + random.Below(8), static_cast<char>(random.Next()));
        break;
      case 4:
        bytes.resize(at);
        break;
      case 5:
        bytes.insert(at, other.substr(random.Below(other.size()), random.Below(64)));
        break;
    }
  }
  return bytes;
}

TEST(FuzzReplay, RunsTheCorpus) {
  const std::vector<std::string> corpus = Corpus();
  ASSERT_GT(corpus.size(), 20u);
  for (const std::string& bytes : corpus) RunTarget(bytes);
  RunTarget("");
}

TEST(FuzzReplay, RunsMutationsOfTheCorpus) {
  std::vector<std::string> corpus = Corpus();
  corpus.erase(std::remove_if(corpus.begin(), corpus.end(),
                              [](const auto& bytes) { return bytes.size() > kLargestMutated; }),
               corpus.end());
  ASSERT_FALSE(corpus.empty());
  Random random;
  for (int i = 0; i < kMutations; ++i) {
    const std::string& seed = corpus[random.Below(corpus.size())];
    RunTarget(Mutate(seed, corpus[random.Below(corpus.size())], random));
  }
}

}  // namespace
