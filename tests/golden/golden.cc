#include "tests/golden/golden.h"

#include <google/protobuf/util/json_util.h>
#include <grpcpp/grpcpp.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "proto/picost/v1/catalog.grpc.pb.h"
#include "proto/picost/v1/oracle.grpc.pb.h"

namespace picost::golden {
namespace {

// Small ones with every kind of layer that the protocols know, and one that
// DELPHI's packing cannot hold.
constexpr const char* kModels[] = {"minionn_cifar", "resnet18_cifar", "squeezenet1_1_224",
                                   "vgg16_cifar"};
// Layers are written for the first alone: the others differ in seconds only.
constexpr const char* kDeployments[] = {"wan", "lan"};

[[noreturn]] void Die(const std::string& why) {
  std::cerr << why << "\n";
  std::exit(1);
}

std::string OneLine(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) Die("no JSON");
  return text;
}

}  // namespace

std::vector<Question> AllQuestions(const std::shared_ptr<grpc::Channel>& channel) {
  const auto catalog = v1::Catalog::NewStub(channel);
  grpc::ClientContext context;
  v1::ListProtocolsResponse protocols;
  const grpc::Status status = catalog->ListProtocols(&context, {}, &protocols);
  if (!status.ok()) Die(status.error_message());
  std::vector<Question> questions;
  for (const v1::Protocol& protocol : protocols.protocols()) {
    for (const char* model : kModels) {
      for (const char* deployment : kDeployments) {
        questions.push_back(
            {protocol.name().substr(protocol.name().find('/') + 1), model, deployment});
      }
    }
  }
  return questions;
}

std::string Answer(const std::shared_ptr<grpc::Channel>& channel, const std::string& model_folder,
                   const Question& question) {
  std::ifstream file(model_folder + "/" + question.model + ".onnx", std::ios::binary);
  if (!file) Die("no model " + question.model + " in " + model_folder);
  std::stringstream onnx;
  onnx << file.rdbuf();

  v1::EstimateRequest request;
  request.mutable_graph()->set_onnx(onnx.str());
  request.mutable_protocol()->set_protocol("protocols/" + question.protocol);
  request.mutable_deployment()->set_name("deployments/" + question.deployment);
  const auto oracle = v1::CostOracle::NewStub(channel);
  grpc::ClientContext context;
  v1::Estimate estimate;
  const grpc::Status status = oracle->Estimate(&context, request, &estimate);
  if (!status.ok()) {
    return "refused with code " + std::to_string(status.error_code()) + ": " +
           status.error_message() + "\n";
  }
  v1::Estimate totals = estimate;
  totals.clear_layers();
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(totals, &text, options).ok()) Die("no JSON");
  if (question.deployment != kDeployments[0]) return text;
  // The layers, one per line, as the last member of the object.
  text.erase(text.find_last_of('}'));
  text.erase(text.find_last_not_of("\n ") + 1);
  text += ",\n \"layers\": [";
  const char* separator = "\n  ";
  for (const v1::LayerEstimate& layer : estimate.layers()) {
    text += separator + OneLine(layer);
    separator = ",\n  ";
  }
  return text + "\n ]\n}\n";
}

}  // namespace picost::golden
