#include "tests/spec/protocol_costs_doc.h"

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "estimator/primitives/catalog.h"
#include "estimator/primitives/form_texts.h"
#include "estimator/primitives/primitive.h"
#include "gtest/gtest.h"

namespace picost::spec {
namespace {

TEST(ProtocolCostsDoc, IsWhatTheCatalogueSays) {
  std::ifstream file("docs/protocol_costs.md");
  std::stringstream committed;
  committed << file.rdbuf();
  EXPECT_EQ(committed.str(), ProtocolCostsDoc())
      << "regenerate: bazel run //tests/spec:protocol_costs > docs/protocol_costs.md";
}

TEST(ProtocolCostsDoc, HasNoBlanks) {
  std::stringstream lines(ProtocolCostsDoc());
  for (std::string line; std::getline(lines, line);) {
    EXPECT_EQ(line.find("| |"), std::string::npos) << line;
    EXPECT_EQ(line.find("|  |"), std::string::npos) << line;
  }
}

TEST(FormTexts, ArePairedWithPrimitivesOneToOne) {
  std::set<std::string> known;
  for (const auto* spec : primitives::AllPrimitives()) known.insert(spec->id);
  std::set<std::string> described;
  for (const auto& text : primitives::FormTexts()) {
    EXPECT_TRUE(described.insert(std::string(text.id)).second) << text.id;
    const auto call =
        primitives::MakeCall(text.id, text.example, text.example_count, primitives::Phase::kOnline,
                             primitives::Executor::kJoint);
    EXPECT_TRUE(call.ok()) << call.status();
  }
  EXPECT_EQ(described, known);
}

}  // namespace
}  // namespace picost::spec
