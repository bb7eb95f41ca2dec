// Sample models of the data directory by short names, and names near a wrong one.
#ifndef PICOST_CLIENTS_CLI_SAMPLE_MODELS_H_
#define PICOST_CLIENTS_CLI_SAMPLE_MODELS_H_

#include <string>
#include <string_view>
#include <vector>

namespace picost::cli {

// Names of the .onnx files in `data_dir`/models, without the ending, ordered.
std::vector<std::string> SampleModels(const std::string& data_dir);

struct SampleChoice {
  std::string name;  // empty: none
  std::string note;  // which of several was taken; empty where the name was written out
};

// A sample by its name, or by the part before an underscore: "resnet50" is
// resnet50_224. Where several begin so, the CIFAR one is taken, which the field
// measures: "resnet18" is resnet18_cifar.
SampleChoice ChooseSample(std::string_view argument, const std::vector<std::string>& samples);

// At most five of `names` that share a beginning with `argument` or are a few letters
// away, the nearest first.
std::vector<std::string> NearNames(std::string_view argument,
                                   const std::vector<std::string>& names);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_SAMPLE_MODELS_H_
