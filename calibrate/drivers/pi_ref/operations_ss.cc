// Share openings as beaver.*: both parties work at once, so that a step is joint.
// Results are checked by opening them after the clock has stopped.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/pi_ref/operations.h"
#include "calibrate/drivers/pi_ref/shares.h"
#include "calibrate/drivers/pi_ref/test_inputs.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::MeasureRequest;
using calibrate::Repetition;
using calibrate::Step;
using calibrate::TimeStep;

class ShareOperation : public RepeatedOperation {
 public:
  ShareOperation(const MeasureRequest& request, calibrate::Channel& channel, const Modulus& modulus,
                 int party, Dealer dealer)
      : kind_(request.operation().substr(3)),
        channel_(channel),
        modulus_(modulus),
        party_(party),
        count_(request.count()),
        degree_(request.parameters().contains("degree")
                    ? static_cast<int>(request.parameters().at("degree"))
                    : 2),
        dealer_(std::move(dealer)) {
    for (int i = 0; i < 2; ++i) {
      plain_[i] = TestElements(request.input_seed(), i, count_, modulus_);
      share_[i] = TestElements(request.input_seed(), 10 + i, count_, modulus_);
      if (party_ == 1) continue;
      for (size_t j = 0; j < share_[i].size(); ++j) {
        share_[i][j] = modulus_.Subtract(plain_[i][j], share_[i][j]);
      }
    }
    parameters_ = {{"element_bytes", 8}, {"field", modulus_.is_ring() ? 0 : 1}};
    if (kind_ != "multiply") parameters_["degree"] = degree_;
  }

  absl::Status Run(Repetition& repetition) override {
    // The dealer's part is offline and not measured: it stands for any.
    Triples triples;
    Powers powers;
    if (kind_ == "multiply") triples = dealer_.MakeTriples(count_);
    if (kind_ == "espn") triples = dealer_.MakeTriples(count_ * EspnProducts(degree_));
    if (kind_ == "powers") powers = dealer_.MakePowers(count_, degree_);
    ShareArithmetic arithmetic(channel_, party_, modulus_);
    std::vector<Elements> results;
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "beaver." + kind_, parameters_, count_, Step::JOINT,
        [&]() -> absl::Status {
          if (kind_ == "multiply") {
            results.resize(1);
            PICOST_ASSIGN_OR_RETURN(results[0], arithmetic.Multiply(share_[0], share_[1], triples));
          } else if (kind_ == "powers") {
            PICOST_ASSIGN_OR_RETURN(results, arithmetic.PowersOf(share_[0], powers, degree_));
          } else {
            PICOST_ASSIGN_OR_RETURN(results, arithmetic.EspnPowers(share_[0], triples, degree_));
          }
          return absl::OkStatus();
        },
        repetition));
    repetition.set_correct(true);
    Elements expected = plain_[0];
    for (const Elements& result : results) {
      const Elements& factor = kind_ == "multiply" ? plain_[1] : plain_[0];
      for (size_t i = 0; i < expected.size(); ++i) {
        expected[i] = modulus_.Multiply(expected[i], factor[i]);
      }
      PICOST_ASSIGN_OR_RETURN(const Elements opened, arithmetic.Open(result));
      if (opened != expected) repetition.set_correct(false);
    }
    return absl::OkStatus();
  }

 private:
  std::string kind_;
  calibrate::Channel& channel_;
  Modulus modulus_;
  int party_;
  int64_t count_;
  int degree_;
  Dealer dealer_;
  Elements plain_[2], share_[2];
  std::map<std::string, int64_t> parameters_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeShareOperation(const MeasureRequest& request,
                                                                      calibrate::Channel& channel) {
  PICOST_ASSIGN_OR_RETURN(const Modulus modulus, RequestedModulus(request));
  const int party = request.party() == MeasureRequest::SERVER ? 0 : 1;
  PICOST_ASSIGN_OR_RETURN(Dealer dealer, Dealer::Create(channel, party, modulus));
  return std::make_unique<ShareOperation>(request, channel, modulus, party, std::move(dealer));
}

}  // namespace picost::pi_ref
