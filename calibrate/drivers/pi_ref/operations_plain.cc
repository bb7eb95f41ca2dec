// Multiply-adds on shares in the clear, as plaintext.field_macs: what the server's
// linear layers cost online. Nothing travels; only the server works.
#include <map>
#include <string>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/pi_ref/operations.h"
#include "calibrate/drivers/pi_ref/test_inputs.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::MeasureRequest;
using calibrate::Repetition;
using calibrate::Step;

// One row of weights against an input that stays in the cache, again and again.
constexpr int64_t kRow = 4096;

class MacOperation : public RepeatedOperation {
 public:
  MacOperation(const MeasureRequest& request, calibrate::Channel& channel, const Modulus& modulus)
      : channel_(channel),
        modulus_(modulus),
        works_(request.party() == MeasureRequest::SERVER),
        count_(request.count()),
        weights_(TestElements(request.input_seed(), 0, kRow, modulus)),
        inputs_(TestElements(request.input_seed(), 1, kRow, modulus)) {}

  absl::Status Run(Repetition& repetition) override {
    uint64_t sum = 0;
    PICOST_RETURN_IF_ERROR(calibrate::TimeStep(
        channel_, "plaintext.field_macs", {{"field_bits", modulus_.bits()}}, count_,
        works_ ? Step::WORKS : Step::IDLE,
        [&] {
          for (int64_t i = 0; works_ && i < count_; ++i) {
            const auto at = static_cast<size_t>(i % kRow);
            sum = modulus_.Add(sum, modulus_.Multiply(weights_[at], inputs_[at]));
          }
          return absl::OkStatus();
        },
        repetition));
    repetition.mutable_steps(0)->set_local(true);
    repetition.set_correct(!works_ || sum == Expected());
    return absl::OkStatus();
  }

 private:
  // The same sum by rows: whole rows times one row's sum, and what is left over.
  uint64_t Expected() const {
    uint64_t row = 0, rest = 0;
    for (size_t i = 0; i < weights_.size(); ++i) {
      const uint64_t product = modulus_.Multiply(weights_[i], inputs_[i]);
      row = modulus_.Add(row, product);
      if (static_cast<int64_t>(i) < count_ % kRow) rest = modulus_.Add(rest, product);
    }
    const auto rows = static_cast<uint64_t>(count_ / kRow);
    return modulus_.Add(modulus_.Multiply(row, modulus_.FromSigned(static_cast<int64_t>(rows))),
                        rest);
  }

  calibrate::Channel& channel_;
  Modulus modulus_;
  bool works_;
  int64_t count_;
  SecretVector<uint64_t> weights_, inputs_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakePlaintextOperation(
    const MeasureRequest& request, calibrate::Channel& channel) {
  PICOST_ASSIGN_OR_RETURN(const Modulus modulus, RequestedModulus(request));
  return std::make_unique<MacOperation>(request, channel, modulus);
}

}  // namespace picost::pi_ref
