// Golden answers: every protocol on some sample models and deployments.
//
// A golden is the answer of CostOracle.Estimate as JSON, one line per layer, so
// that a change can be reviewed as a diff; where the protocol refuses the model,
// it is the refusal. `bazel run //tests/golden:update` writes them all anew.
#ifndef PICOST_TESTS_GOLDEN_GOLDEN_H_
#define PICOST_TESTS_GOLDEN_GOLDEN_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace grpc {
class Channel;
}

namespace picost::golden {

// One question, and the file with its answer: "delphi/resnet18_cifar-wan.json".
struct Question {
  std::string protocol;
  std::string model;
  std::string deployment;
  std::string Path() const { return protocol + "/" + model + "-" + deployment + ".json"; }
};

// Every protocol that the service lists, times the models and deployments of
// golden.cc.
std::vector<Question> AllQuestions(const std::shared_ptr<grpc::Channel>& channel);

// model_folder: where the .onnx files are.
std::string Answer(const std::shared_ptr<grpc::Channel>& channel, const std::string& model_folder,
                   const Question& question);

}  // namespace picost::golden

#endif  // PICOST_TESTS_GOLDEN_GOLDEN_H_
