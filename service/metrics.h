// What the daemon tells Prometheus.
//
// Names follow Prometheus' rules: base units, _total for counters, and labels
// whose values are bounded: methods, codes, reasons and tables, never models,
// users or operators' names.
#ifndef PICOST_SERVICE_METRICS_H_
#define PICOST_SERVICE_METRICS_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace picost::service {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  // method: "picost.v1.CostOracle/Estimate"; code: "OK", "NOT_FOUND", ...
  void RecordCall(const std::string& method, const std::string& code, double seconds);
  void CallBegins();
  void CallEnds();
  // reason: "queue-full", ...
  void RecordRejection(const std::string& reason);
  // A model that was refused: by gRPC code.
  void RecordRefusedModel(const std::string& code);
  void RecordCacheLookup(bool hit);
  void SetCacheBytes(double bytes);
  // operation: "insert", "get", "list", "delete", "check".
  void RecordStoreCall(const std::string& operation, bool failed, double seconds);
  // Days since the measurement count from the date that the table gives.
  void SetCalibrationTime(const std::string& table, double unix_seconds);

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
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace picost::service

#endif  // PICOST_SERVICE_METRICS_H_
