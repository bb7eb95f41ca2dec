// Oblivious transfers as ot.setup and ot.extension. That pairs agree is checked
// by opening them after the clock has stopped: the transfers of a measurement
// are thrown away.
#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "calibrate/driver_server.h"
#include "calibrate/drivers/pi_ref/operations.h"
#include "calibrate/drivers/pi_ref/ot_extension.h"
#include "calibrate/drivers/pi_ref/packed_bits.h"
#include "calibrate/drivers/pi_ref/randomness.h"
#include "calibrate/drivers/pi_ref/test_inputs.h"
#include "estimator/base/status_macros.h"

namespace picost::pi_ref {
namespace {

using calibrate::MeasureRequest;
using calibrate::Repetition;
using calibrate::Step;
using calibrate::TimeStep;
using ParameterMap = std::map<std::string, int64_t>;

enum class Kind { kSetup, kCorrelated, kChosen };

SecretBlocks TestBlocks(int64_t seed, int stream, int64_t count) {
  SecretBlocks blocks(static_cast<size_t>(count));
  Prg(MakeBlock(static_cast<uint64_t>(seed), static_cast<uint64_t>(stream) + 101))
      .Fill(blocks.data(), blocks.size());
  return blocks;
}

class OtOperation : public RepeatedOperation {
 public:
  OtOperation(Kind kind, const MeasureRequest& request, calibrate::Channel& channel,
              bool client_sends, bool sends)
      : kind_(kind),
        channel_(channel),
        sends_(sends),
        count_(request.count()),
        extension_{{"message_bytes", kind == Kind::kChosen ? 16 : 0},
                   {"answer_bytes", kind == Kind::kChosen ? 16 : 0},
                   {"quantum", kOtSecurity},
                   {"sender_is_client", client_sends ? 1 : 0}},
        setup_{{"sender_bytes", kOtSecurity * 32},
               {"receiver_bytes", 32},
               {"flights", 2},
               {"sender_is_client", client_sends ? 1 : 0}} {
    if (kind_ == Kind::kSetup) return;
    choices_ = TestBlocks(request.input_seed(), 0, (count_ + 127) / 128);
    if (kind_ == Kind::kChosen) messages_ = TestBlocks(request.input_seed(), 1, 2 * count_);
  }

  absl::Status SetUp() {
    if (sends_) {
      delta_ = RandomBlock();
      PICOST_ASSIGN_OR_RETURN(sender_, OtExtensionSender::Create(channel_, delta_));
    } else {
      PICOST_ASSIGN_OR_RETURN(receiver_, OtExtensionReceiver::Create(channel_));
    }
    return absl::OkStatus();
  }

  absl::Status Run(Repetition& repetition) override {
    if (kind_ == Kind::kSetup) {
      PICOST_RETURN_IF_ERROR(TimeSetups(repetition));
      // Right where an extension from these base transfers is.
      choices_ = TestBlocks(0, 0, 1);
      PICOST_RETURN_IF_ERROR(Correlated(128));
      return CheckCorrelated(128, repetition);
    }
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel_, "ot.extension", extension_, count_, Step::WORKS,
        [&]() -> absl::Status {
          if (kind_ == Kind::kCorrelated) return Correlated(count_);
          return sends_ ? sender_->Chosen(channel_, messages_)
                        : receiver_->Chosen(channel_, choices_, count_, made_);
        },
        repetition));
    if (kind_ == Kind::kCorrelated) return CheckCorrelated(count_, repetition);
    repetition.set_correct(sends_ || ChosenIsRight());
    return absl::OkStatus();
  }

 private:
  // Each by itself: the party that is done first would wait for the other one in the next.
  absl::Status TimeSetups(Repetition& repetition) {
    Repetition setups;
    for (int64_t i = 0; i < count_; ++i) {
      PICOST_RETURN_IF_ERROR(TimeStep(
          channel_, "ot.setup", setup_, 1, Step::WORKS, [&] { return SetUp(); }, setups));
    }
    Step& sum = *repetition.add_steps();
    sum = setups.steps(0);
    for (int64_t i = 1; i < count_; ++i) {
      const Step& step = setups.steps(static_cast<int>(i));
      sum.set_count(sum.count() + step.count());
      sum.set_wall_seconds(sum.wall_seconds() + step.wall_seconds());
      sum.set_cpu_seconds(sum.cpu_seconds() + step.cpu_seconds());
      sum.set_bytes_sent(sum.bytes_sent() + step.bytes_sent());
      sum.set_bytes_received(sum.bytes_received() + step.bytes_received());
      sum.set_messages_sent(sum.messages_sent() + step.messages_sent());
      sum.set_flights(sum.flights() + step.flights());
    }
    return absl::OkStatus();
  }

  absl::Status Correlated(int64_t count) {
    return sends_ ? sender_->Correlated(channel_, count, made_)
                  : receiver_->Correlated(channel_, choices_, count, made_);
  }

  // The sender shows delta and up to 4,096 of its blocks.
  absl::Status CheckCorrelated(int64_t count, Repetition& repetition) {
    const int64_t shown = std::min<int64_t>(count, 4096);
    const int64_t bytes = shown * int64_t{sizeof(Block)};
    if (sends_) {
      repetition.set_correct(true);
      PICOST_RETURN_IF_ERROR(channel_.Send(&delta_, sizeof(delta_)));
      return channel_.Send(made_.data(), bytes);
    }
    Block delta;
    SecretBlocks theirs(static_cast<size_t>(shown));
    PICOST_RETURN_IF_ERROR(channel_.Receive(&delta, sizeof(delta)));
    PICOST_RETURN_IF_ERROR(channel_.Receive(theirs.data(), bytes));
    const uint8_t* bits = reinterpret_cast<const uint8_t*>(choices_.data());
    bool correct = true;
    for (int64_t i = 0; i < shown; ++i) {
      const size_t at = static_cast<size_t>(i);
      if (!((made_[at] ^ theirs[at]) == (MaskOf(GetBit(bits, i)) & delta))) correct = false;
    }
    repetition.set_correct(correct);
    return absl::OkStatus();
  }

  bool ChosenIsRight() const {
    const uint8_t* bits = reinterpret_cast<const uint8_t*>(choices_.data());
    for (int64_t i = 0; i < count_; ++i) {
      const size_t chosen = static_cast<size_t>(2 * i + GetBit(bits, i));
      if (!(made_[static_cast<size_t>(i)] == messages_[chosen])) return false;
    }
    return true;
  }

  Kind kind_;
  calibrate::Channel& channel_;
  bool sends_;
  int64_t count_;
  ParameterMap extension_, setup_;
  Block delta_;
  SecretBlocks choices_, messages_;
  SecretBlocks made_;  // kept between repetitions, as a garbled circuit's labels are
  std::unique_ptr<OtExtensionSender> sender_;
  std::unique_ptr<OtExtensionReceiver> receiver_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RepeatedOperation>> MakeOtOperation(const MeasureRequest& request,
                                                                   calibrate::Channel& channel) {
  const bool client_sends = request.parameters().at("client_first") != 0;
  const bool sends = (request.party() == MeasureRequest::CLIENT) == client_sends;
  const Kind kind = request.operation() == "ot.setup"        ? Kind::kSetup
                    : request.operation() == "ot.correlated" ? Kind::kCorrelated
                                                             : Kind::kChosen;
  auto operation = std::make_unique<OtOperation>(kind, request, channel, client_sends, sends);
  if (kind != Kind::kSetup) PICOST_RETURN_IF_ERROR(operation->SetUp());
  return operation;
}

}  // namespace picost::pi_ref
