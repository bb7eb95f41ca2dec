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

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

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

// xorshift64*: the same sequence everywhere.
class Random {
 public:
  uint64_t Next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 2685821657736338717u;
  }
  size_t Below(size_t limit) { return limit == 0 ? 0 : Next() % limit; }

 private:
  uint64_t state_ = 0x9e3779b97f4a7c15u;
};

std::string Mutate(std::string bytes, const std::string& other, Random& random) {
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
