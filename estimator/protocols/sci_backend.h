// CrypTFlow2 on the SCI library: the interactive steps that its two variants have under
// the same names, and what else their planners share.
#ifndef PICOST_ESTIMATOR_PROTOCOLS_SCI_BACKEND_H_
#define PICOST_ESTIMATOR_PROTOCOLS_SCI_BACKEND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "estimator/primitives/primitive.h"
#include "estimator/protocols/planning.h"
#include "estimator/protocols/protocol.h"
#include "estimator/protocols/share_backend.h"
#include "estimator/protocols/share_planner.h"

namespace picost::protocols {

// `prefix` tells the two apart: "sci_field.", "sci_ring."; width_name: their parameter of
// the element's width.
class SciBackend : public ShareBackend {
 public:
  SciBackend(const primitives::Parameters& p, std::string prefix, std::string width_name)
      : ShareBackend(p.Get("fraction_bits")),
        prefix_(std::move(prefix)),
        width_name_(std::move(width_name)),
        width_(p.Get(width_name_)),
        threads_(p.Get("threads")) {}

  void AddSign(int64_t n) override { AddSplit("compare", {}, n); }
  void AddMultiplex(int64_t n) override { AddSplit("multiplex", {}, n); }
  void AddTruncation(int64_t n, int64_t bits) override {
    if (bits > 0) AddSplit("trunc", {{"truncated_bits", bits}}, n);
  }
  void AddLookup(int64_t index_bits, int64_t n) override {
    AddSplit("lookup", {{"index_bits", index_bits}}, n);
  }
  void AddRelu(int64_t n, int64_t surplus) override {
    if (surplus == 0) {
      AddSplit("relu", {}, n);
    } else {
      AddSplit("relu_trunc", {{"truncated_bits", surplus}}, n);
    }
  }
  void AddMaximum(int64_t window, int64_t n) override {
    if (window > 1) AddSplit("maxpool", {{"window", window}}, n);
  }
  void AddArgMax(int64_t width, int64_t rows) override { Add("argmax", {{"width", width}}, rows); }
  void AddDivision(int64_t divisor, int64_t n) override {
    AddSplit("avgpool", {{"divisor", divisor}}, n);
  }
  void AddChannelScaling(int64_t pixels, int64_t channels) override {
    AddScaling(pixels * channels);
  }

 protected:
  // Split over threads; the parameter is there only where it matters.
  void AddSplit(std::string_view step, primitives::Parameters parameters, int64_t count) {
    if (threads_ > 1) parameters.Set(primitives::kThreads, threads_);
    Add(step, std::move(parameters), count);
  }
  int64_t threads() const { return threads_; }
  // Base OTs of `times` connections: eight KKOT instances of 256 and two IKNP of 128, as
  // Naor-Pinkas sends them, 65 bytes of point and 32 of messages for each; derived.
  static void AddBaseOts(int64_t times, CallList& setup) {
    setup.Add("ot.setup",
              {{"sender_bytes", 65 * (8 * 256 + 2 * 128)},
               {"receiver_bytes", 97 * (8 * 256 + 2 * 128)},
               {"flights", 20},
               {"sender_is_client", 0}},
              times, primitives::Phase::kSetup, primitives::Executor::kJoint);
  }
  void Add(std::string_view step, primitives::Parameters parameters, int64_t count) {
    parameters.Set(width_name_, width_);
    AddPlain(step, std::move(parameters), count);
  }
  // Without the element's width.
  void AddPlain(std::string_view step, primitives::Parameters parameters, int64_t count) {
    layer().Add(absl::StrCat(prefix_, std::string(step)), std::move(parameters), count,
                primitives::Phase::kOnline, primitives::Executor::kJoint);
  }

 private:
  const std::string prefix_;
  const std::string width_name_;
  const int64_t width_;
  const int64_t threads_;
};

// What the parties keep of `threads` connections' base OTs.
primitives::MemoryItem SciBaseOts(int64_t threads);

// Without citation, status and the element's width.
ProtocolInfo SciInfo(std::string id, std::string title, const std::string& prefix);
SharePlanOptions SciOptions(const std::string& id, const primitives::Parameters& p, int64_t width);

}  // namespace picost::protocols

#endif  // PICOST_ESTIMATOR_PROTOCOLS_SCI_BACKEND_H_
