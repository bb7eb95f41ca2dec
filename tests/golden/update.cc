// Writes every golden answer anew: bazel run //tests/golden:update
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "service/in_process.h"
#include "tests/golden/golden.h"

int main() {
  namespace fs = std::filesystem;
  const char* workspace = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  if (workspace == nullptr) {
    std::cerr << "Run it as: bazel run //tests/golden:update\n";
    return 2;
  }
  const fs::path root(workspace);
  auto service = picost::service::InProcessService::Start((root / "data").string());
  if (!service.ok()) {
    std::cerr << service.status() << "\n";
    return 1;
  }
  const fs::path expected = root / "tests" / "golden" / "expected";
  fs::remove_all(expected);
  int count = 0;
  for (const auto& question : picost::golden::AllQuestions((*service)->channel())) {
    const fs::path path = expected / question.Path();
    fs::create_directories(path.parent_path());
    std::ofstream(path) << picost::golden::Answer((*service)->channel(),
                                                  (root / "data/models").string(), question);
    ++count;
  }
  std::cout << count << " goldens written to " << expected.string() << "\n";
  return 0;
}
