#include "clients/cli/sample_models.h"

#include "gtest/gtest.h"

namespace picost::cli {
namespace {

const std::vector<std::string>& Samples() {
  static const auto* const samples = new std::vector<std::string>{
      "minionn_cifar", "resnet18_224", "resnet18_224_raw", "resnet18_cifar",
      "resnet50_224",  "vit_b_16_224", "vit_b_16_224_op17"};
  return *samples;
}

TEST(ChooseSample, TakesAFullNameWithoutANote) {
  const SampleChoice choice = ChooseSample("resnet18_224", Samples());
  EXPECT_EQ(choice.name, "resnet18_224");
  EXPECT_EQ(choice.note, "");
}

TEST(ChooseSample, TakesTheOnlyOneOfAShortName) {
  EXPECT_EQ(ChooseSample("resnet50", Samples()).name, "resnet50_224");
  EXPECT_NE(ChooseSample("resnet50", Samples()).note, "");
}

TEST(ChooseSample, PrefersCifarAndNamesTheOthers) {
  const SampleChoice choice = ChooseSample("resnet18", Samples());
  EXPECT_EQ(choice.name, "resnet18_cifar");
  EXPECT_NE(choice.note.find("resnet18_224"), std::string::npos);
  EXPECT_NE(choice.note.find("resnet18_224_raw"), std::string::npos);
}

TEST(ChooseSample, TakesNoneOfSeveralWithoutACifarOneAndNoneOfAPart) {
  EXPECT_EQ(ChooseSample("vit", Samples()).name, "");
  EXPECT_EQ(ChooseSample("resnet1", Samples()).name, "");
  EXPECT_EQ(ChooseSample("", Samples()).name, "");
}

TEST(NearNames, AreThoseThatBeginSoOrAreAFewLettersAway) {
  EXPECT_EQ(NearNames("vit", Samples()),
            (std::vector<std::string>{"vit_b_16_224", "vit_b_16_224_op17"}));
  EXPECT_EQ(NearNames("resnet19_cifar", Samples())[0], "resnet18_cifar");
  EXPECT_EQ(NearNames("minion_cifar", Samples())[0], "minionn_cifar");
  EXPECT_EQ(NearNames("resnet8", Samples())[0], "resnet18_224");
  EXPECT_TRUE(NearNames("transformer_xl", Samples()).empty());
}

TEST(SampleModels, AreNoneWithoutAFolder) { EXPECT_TRUE(SampleModels("").empty()); }

}  // namespace
}  // namespace picost::cli
