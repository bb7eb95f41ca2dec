#include "calibrate/drivers/pi_ref/pi_ref_driver.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "calibrate/drivers/pi_ref/aes.h"
#include "calibrate/drivers/pi_ref/operations.h"
#include "calibrate/drivers/pi_ref/sweep.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::Capabilities;
using calibrate::MeasureReply;
using calibrate::MeasureRequest;
using calibrate::Operation;
using calibrate::OperationParameter;
using calibrate::Repetition;

struct ParameterRange {
  const char* name;
  const char* meaning;
  int64_t minimum;
  int64_t maximum;
  int64_t example;
};

constexpr ParameterRange kField = {"field", "1: prime field of that width; 0: ring", 0, 1, 0};
constexpr ParameterRange kBits = {"bits", "width of a value in bits", 16, 64, 32};
constexpr ParameterRange kSwap = {
    "client_first", "1: the client garbles, or sends in OTs; 0: the server does", 0, 1, 0};
constexpr ParameterRange kFraction = {"fraction_bits", "f of 6 * 2^f; bits truncated", 0, 62, 8};
constexpr ParameterRange kDegree = {"degree", "highest power", 2, 8, 2};

Operation Declare(const char* name, const char* unit, std::vector<const char*> primitives,
                  std::vector<ParameterRange> parameters) {
  Operation operation;
  operation.set_name(name);
  operation.set_unit(unit);
  for (const ParameterRange& range : parameters) {
    OperationParameter& parameter = *operation.add_parameters();
    parameter.set_name(range.name);
    parameter.set_meaning(range.meaning);
    parameter.set_minimum(range.minimum);
    parameter.set_maximum(range.maximum);
    (*operation.mutable_example_parameters())[range.name] = range.example;
  }
  for (const char* primitive : primitives) operation.add_primitives(primitive);
  operation.set_example_count(64);
  return operation;
}

}  // namespace

calibrate::Description PiRefDriver::Describe() {
  calibrate::Description description;
  description.set_name("pi-ref");
  description.set_version("3");
  description.set_flags("-O2 -maes -msse4.1, one thread");
  description.set_security(
      "semi-honest; AES-128 as an ideal cipher (half gates, re-keyed hash), computational "
      "Diffie-Hellman in ristretto255 and a random oracle (base OTs); share openings with a "
      "trusted first party as dealer");
  description.set_license("Apache-2.0, with this project");
  return description;
}

Capabilities PiRefDriver::GetCapabilities() {
  Capabilities capabilities;
  const std::vector<const char*> gc = {"ot.extension", "gc.garble", "gc.send_labels",
                                       "gc.evaluate"};
  ParameterRange two_values = {"values", "values that the maximum is over", 2, 64, 4};
  for (Operation& operation : std::vector<Operation>{
           Declare("gc.relu", "one ReLU element", gc, {kField, kBits, kSwap}),
           Declare("gc.relu6", "one ReLU6 element", gc, {kField, kBits, kFraction, kSwap}),
           Declare("gc.maximum", "one maximum", gc, {kField, kBits, two_values, kSwap}),
           Declare("gc.truncate", "one truncated element", gc, {kField, kBits, kFraction, kSwap}),
           Declare("ot.setup", "one set of base OTs", {"ot.setup"}, {kSwap}),
           Declare("ot.correlated", "one correlated OT", {"ot.extension"}, {kSwap}),
           Declare("ot.chosen", "one OT of two 16-byte messages", {"ot.extension"}, {kSwap}),
           Declare("plain.macs", "one multiply-add", {"plaintext.field_macs"}, {kField, kBits}),
           Declare("ss.multiply", "one product", {"beaver.multiply"}, {kField, kBits}),
           Declare("ss.powers", "one element", {"beaver.powers"}, {kField, kBits, kDegree}),
           Declare("ss.espn", "one element", {"beaver.espn"}, {kField, kBits, kDegree}),
       }) {
    if (operation.name() == "ot.setup") operation.set_example_count(1);
    *capabilities.add_operations() = std::move(operation);
  }
  DeclareSweep(capabilities);
  return capabilities;
}

absl::StatusOr<MeasureReply> PiRefDriver::Measure(const MeasureRequest& request,
                                                  calibrate::Channel& channel) {
  PICOST_RETURN_IF_ERROR(CheckProcessor());
  PICOST_ASSIGN_OR_RETURN(const std::unique_ptr<RepeatedOperation> operation,
                          MakeOperation(request, channel));
  MeasureReply reply;
  for (int i = 0; i < request.warm_up() + request.repetitions(); ++i) {
    Repetition repetition;
    PICOST_RETURN_IF_ERROR(operation->Run(repetition));
    if (i >= request.warm_up()) *reply.add_repetitions() = std::move(repetition);
  }
  reply.set_peak_memory_bytes(calibrate::PeakMemoryBytes());
  return reply;
}

}  // namespace picost::pi_ref
