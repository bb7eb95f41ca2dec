// Garbled circuits as the catalogue's primitives: ot.extension for the labels of
// the evaluator, gc.garble, gc.send_labels, gc.evaluate.
#include <map>
#include <string>
#include <utility>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/pi_ref/operations.h"
#include "calibrate/drivers/pi_ref/session.h"
#include "calibrate/drivers/pi_ref/shared_circuit.h"
#include "calibrate/drivers/pi_ref/test_inputs.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::MeasureRequest;
using calibrate::Repetition;
using calibrate::Step;
using calibrate::TimeStep;
using ParameterMap = std::map<std::string, int64_t>;

// What the catalogue's forms need to know of this wire format (session.h).
struct StepParameters {
  StepParameters(const SharedCircuit& shared, int64_t client_garbles)
      : extension{{"message_bytes", 0},
                  {"answer_bytes", 0},
                  {"quantum", kOtSecurity},
                  {"sender_is_client", client_garbles}},
        garble{{"and_gates", shared.circuit.and_gates},
               {"extra_blocks", 0},
               {"sent_labels", 0},
               {"decoding_bits", shared.modulus.bits()},
               {"block_bytes", 16},
               {"label_bytes", 16},
               {"circuit_bytes", 0},
               {"chunk_circuits", int64_t{1} << 62},
               {"chunk_bytes", kTableHeaderBytes},
               {"garbler_is_client", client_garbles},
               {"input_labels", shared.circuit.inputs()}},
        labels{{"labels", shared.circuit.garbler_inputs},
               {"label_bytes", 16},
               {"circuit_bytes", 0},
               {"message_bytes", 0},
               {"garbler_is_client", client_garbles}},
        evaluate{{"and_gates", shared.circuit.and_gates},
                 {"returned_bits", shared.modulus.bits()},
                 {"garbler_is_client", client_garbles},
                 {"input_labels", shared.circuit.inputs()}} {}

  ParameterMap extension, garble, labels, evaluate;
};

struct Inputs {
  SecretVector<uint64_t> share0, share1, masks;
};

Inputs DrawInputs(const MeasureRequest& request, const SharedCircuit& shared) {
  const int64_t values = request.count() * shared.values;
  return {TestElements(request.input_seed(), 0, values, shared.modulus),
          TestElements(request.input_seed(), 1, values, shared.modulus),
          TestElements(request.input_seed(), 2, request.count(), shared.modulus)};
}

class GarblerOperation : public RepeatedOperation {
 public:
  static absl::StatusOr<std::unique_ptr<RepeatedOperation>> Create(
      std::unique_ptr<SharedCircuit> shared, const MeasureRequest& request,
      calibrate::Channel& channel, StepParameters parameters) {
    auto operation = std::unique_ptr<GarblerOperation>(
        new GarblerOperation(std::move(shared), request, channel, std::move(parameters)));
    PICOST_ASSIGN_OR_RETURN(operation->session_,
                            GarblerSession::Setup(channel, *operation->shared_));
    return operation;
  }

  absl::Status Run(Repetition& repetition) override {
    const int64_t wires = count_ * shared_->circuit.evaluator_inputs;
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "ot.extension", parameters_.extension, wires, Step::WORKS,
        [&] { return session_->OfflineOt(count_); }, repetition));
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "gc.garble", parameters_.garble, count_, Step::WORKS,
        [&] { return session_->OfflineTables(); }, repetition));
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "gc.send_labels", parameters_.labels, count_, Step::WORKS,
        [&] { return session_->SendLabels(inputs_.share0); }, repetition));
    SecretVector<uint64_t> outputs;
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "gc.evaluate", parameters_.evaluate, count_, Step::IDLE,
        [&] { return session_->ReceiveOutputs(outputs); }, repetition));
    repetition.set_correct(Correct(outputs));
    return absl::OkStatus();
  }

 private:
  GarblerOperation(std::unique_ptr<SharedCircuit> shared, const MeasureRequest& request,
                   calibrate::Channel& channel, StepParameters parameters)
      : shared_(std::move(shared)),
        channel_(channel),
        parameters_(std::move(parameters)),
        count_(request.count()),
        inputs_(DrawInputs(request, *shared_)) {}

  bool Correct(const SecretVector<uint64_t>& outputs) const {
    const Modulus& modulus = shared_->modulus;
    std::vector<uint64_t> opened(static_cast<size_t>(shared_->values));
    for (size_t i = 0; i < outputs.size(); ++i) {
      for (size_t v = 0; v < opened.size(); ++v) {
        const size_t at = i * opened.size() + v;
        opened[v] = modulus.Add(inputs_.share0[at], inputs_.share1[at]);
      }
      if (modulus.Add(outputs[i], inputs_.masks[i]) != shared_->InClear(opened.data())) {
        return false;
      }
    }
    return static_cast<int64_t>(outputs.size()) == count_;
  }

  std::unique_ptr<SharedCircuit> shared_;
  calibrate::Channel& channel_;
  StepParameters parameters_;
  int64_t count_;
  Inputs inputs_;
  std::unique_ptr<GarblerSession> session_;
};

class EvaluatorOperation : public RepeatedOperation {
 public:
  static absl::StatusOr<std::unique_ptr<RepeatedOperation>> Create(
      std::unique_ptr<SharedCircuit> shared, const MeasureRequest& request,
      calibrate::Channel& channel, StepParameters parameters) {
    auto operation = std::unique_ptr<EvaluatorOperation>(
        new EvaluatorOperation(std::move(shared), request, channel, std::move(parameters)));
    PICOST_ASSIGN_OR_RETURN(operation->session_,
                            EvaluatorSession::Setup(channel, *operation->shared_));
    return operation;
  }

  absl::Status Run(Repetition& repetition) override {
    const int64_t wires = count_ * shared_->circuit.evaluator_inputs;
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "ot.extension", parameters_.extension, wires, Step::WORKS,
        [&] { return session_->OfflineOt(inputs_.share1, inputs_.masks); }, repetition));
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "gc.garble", parameters_.garble, count_, Step::IDLE,
        [&] { return session_->OfflineTables(); }, repetition));
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "gc.send_labels", parameters_.labels, count_, Step::IDLE,
        [&] { return session_->ReceiveLabels(); }, repetition));
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "gc.evaluate", parameters_.evaluate, count_, Step::WORKS,
        [&] { return session_->EvaluateAndReturn(); }, repetition));
    repetition.set_correct(true);  // the results are the garbler's to check
    return absl::OkStatus();
  }

 private:
  EvaluatorOperation(std::unique_ptr<SharedCircuit> shared, const MeasureRequest& request,
                     calibrate::Channel& channel, StepParameters parameters)
      : shared_(std::move(shared)),
        channel_(channel),
        parameters_(std::move(parameters)),
        count_(request.count()),
        inputs_(DrawInputs(request, *shared_)) {}

  std::unique_ptr<SharedCircuit> shared_;
  calibrate::Channel& channel_;
  StepParameters parameters_;
  int64_t count_;
  Inputs inputs_;
  std::unique_ptr<EvaluatorSession> session_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeGarblingOperation(
    const MeasureRequest& request, calibrate::Channel& channel) {
  PICOST_ASSIGN_OR_RETURN(const Modulus modulus, RequestedModulus(request));
  PICOST_ASSIGN_OR_RETURN(const Function function, ParseFunction(request.operation().substr(3)));
  const auto parameter = [&](const char* name, int64_t fallback) {
    const auto found = request.parameters().find(name);
    return static_cast<int>(found == request.parameters().end() ? fallback : found->second);
  };
  PICOST_ASSIGN_OR_RETURN(
      SharedCircuit circuit,
      MakeSharedCircuit(function, modulus, parameter("values", 1), parameter("fraction_bits", 0)));
  auto shared = std::make_unique<SharedCircuit>(std::move(circuit));
  const bool client_garbles = parameter("client_first", 0) != 0;
  StepParameters parameters(*shared, client_garbles ? 1 : 0);
  const bool is_client = request.party() == MeasureRequest::CLIENT;
  if (is_client == client_garbles) {
    return GarblerOperation::Create(std::move(shared), request, channel, std::move(parameters));
  }
  return EvaluatorOperation::Create(std::move(shared), request, channel, std::move(parameters));
}

}  // namespace picost::pi_ref
