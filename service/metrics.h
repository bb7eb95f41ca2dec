// What the daemon tells Prometheus.
//
// Names follow Prometheus' rules: base units, _total for counters, and labels
// whose values are bounded: methods, codes, reasons and tables, never models,
// users or operators' names.
#ifndef PICOST_SERVICE_METRICS_H_
#define PICOST_SERVICE_METRICS_H_

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Histogram;
}  // namespace prometheus

namespace picost::service {

// Counters of one method, found once: a lookup by labels costs more than a call.
class MethodMetrics {
 public:
  // code: of gRPC, 0 to 16.
  void Record(int code, double seconds);

 private:
  friend class Metrics;
  static constexpr int kCodes = 17;

  class Metrics* owner_ = nullptr;
  std::string name_;
  prometheus::Histogram* durations_ = nullptr;
  std::array<std::atomic<prometheus::Counter*>, kCodes> calls_{};
};

// Whether tables covered what an estimate needed.
enum class Coverage { kMeasured, kExtrapolated, kMissing };

class Metrics {
 public:
  explicit Metrics(const std::string& version = "");
  ~Metrics();

  // method: "picost.v1.CostOracle/Estimate". Lives as long as this object.
  MethodMetrics& ForMethod(const std::string& method);
  // One question of a stream, by gRPC code.
  void RecordStreamQuestion(int code);
  void CallBegins();
  void CallEnds();
  // reason: "queue-full", "in-flight", "streams-full", "uploads-full", "rate", "unauthenticated",
  // "forbidden".
  void RecordRejection(const std::string& reason);
  // A model that was refused: by gRPC code, and the operator nobody knows, if that
  // was the reason. The first 100 operators get a label of their own.
  void RecordRefusedModel(const std::string& code, const std::string& unknown_operator);
  // stage: "import", "count", "strip"; the store has metrics of its own.
  void RecordIngest(const std::string& stage, double seconds);
  void RecordEstimate(Coverage coverage);
  void RecordCacheLookup(bool hit);
  void SetCacheBytes(double bytes);
  // operation: of service/store/metered_*_store: "insert", "add-trials", ...
  void RecordStoreCall(const std::string& operation, bool failed, double seconds);
  // When each table in use was measured, by the date that it gives; users import
  // tables, so that of more than 200 the oldest of the rest stands for them as "other".
  void SetCalibrationTimes(const std::map<std::string, double>& unix_seconds_by_table);
  // Tables of the data directory that cannot be read.
  void SetSkippedTables(double count);
  // what: "data", "principals", "certificates".
  void RecordReload(const std::string& what, bool ok);
  // When the certificate of a listener ends.
  void SetCertificateExpiry(const std::string& listener, double unix_seconds);
  // A user's measurement of a whole inference against what was predicted.
  // ratio: measured by predicted.
  void RecordMeasurement(const std::string& protocol, double ratio, bool inside_interval);

  // What is known of one of the configured studies.
  struct StudyFigures {
    double trials = 0;
    double feasible_trials = 0;
    std::optional<double> best_feasible_online_seconds;
    std::optional<double> hypervolume;
    std::vector<std::pair<std::string, double>> budgets;  // by metric
  };
  // Of the study's id; nothing: it is not there any more.
  void SetStudy(const std::string& study, const std::optional<StudyFigures>& figures);

  // The text exposition format, with fresh figures of the process.
  std::string Render();

 private:
  friend class MethodMetrics;
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_METRICS_H_
