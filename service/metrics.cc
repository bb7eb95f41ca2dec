#include "service/metrics.h"

#include <dirent.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace picost::service {
namespace {

// gRPC's own default bounds of latency (OpenCensus), in seconds.
prometheus::Histogram::BucketBoundaries LatencyBuckets() {
  return {0.00001, 0.00005, 0.0001, 0.0003, 0.0006, 0.0008, 0.001, 0.002, 0.003, 0.004,
          0.005,   0.006,   0.008,  0.01,   0.013,  0.016,  0.02,  0.025, 0.03,  0.04,
          0.05,    0.065,   0.08,   0.1,    0.13,   0.16,   0.2,   0.25,  0.3,   0.4,
          0.5,     0.65,    0.8,    1,      2,      5,      10,    20,    50,    100};
}

// A measurement by its prediction: finest around 1, a factor of ten to each side.
prometheus::Histogram::BucketBoundaries RatioBuckets() {
  return {0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10};
}

constexpr size_t kMaxOperators = 100;
constexpr size_t kMaxOperatorName = 80;
constexpr size_t kMaxTables = 200;

// https://github.com/grpc/grpc/blob/master/doc/statuscodes.md
const char* CodeName(int code) {
  constexpr const char* kNames[] = {"OK",
                                    "CANCELLED",
                                    "UNKNOWN",
                                    "INVALID_ARGUMENT",
                                    "DEADLINE_EXCEEDED",
                                    "NOT_FOUND",
                                    "ALREADY_EXISTS",
                                    "PERMISSION_DENIED",
                                    "RESOURCE_EXHAUSTED",
                                    "FAILED_PRECONDITION",
                                    "ABORTED",
                                    "OUT_OF_RANGE",
                                    "UNIMPLEMENTED",
                                    "INTERNAL",
                                    "UNAVAILABLE",
                                    "DATA_LOSS",
                                    "UNAUTHENTICATED"};
  return kNames[code >= 0 && code < static_cast<int>(std::size(kNames)) ? code : 2];
}

template <typename Builder>
auto& Register(prometheus::Registry& registry, Builder builder, const char* name,
               const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

double UnixNow() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct MemoryBytes {
  double address_space = 0;
  double resident = 0;
};

MemoryBytes Memory() {
  int64_t total = 0;
  int64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return {static_cast<double>(total) * page, static_cast<double>(resident) * page};
}

double OpenDescriptors() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  double count = -3;  // ".", ".." and the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) { return time.tv_sec + 1e-6 * time.tv_usec; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

struct Metrics::Parts {
  prometheus::Registry registry;
  std::mutex study_mutex;
  // Under study_mutex: gauges of a study's budgets, by metric.
  std::map<std::string, std::map<std::string, prometheus::Gauge*>> budgets_by_study;
  prometheus::Family<prometheus::Counter>& calls =
      Register(registry, prometheus::BuildCounter(), "picost_rpc_calls_total",
               "Calls answered, by method and gRPC code.");
  prometheus::Family<prometheus::Histogram>& durations =
      Register(registry, prometheus::BuildHistogram(), "picost_rpc_duration_seconds",
               "Time from the begin of a handler to its answer, by method.");
  prometheus::Gauge& in_flight = Register(registry, prometheus::BuildGauge(),
                                          "picost_rpc_in_flight", "Calls that are being answered.")
                                     .Add({});
  prometheus::Family<prometheus::Counter>& rejections =
      Register(registry, prometheus::BuildCounter(), "picost_rpc_rejected_total",
               "Calls refused to protect the daemon, by reason.");
  prometheus::Family<prometheus::Counter>& refused = Register(
      registry, prometheus::BuildCounter(), "picost_models_refused_total",
      "Models that were not imported, by gRPC code: UNIMPLEMENTED is an operator nobody knows.");
  prometheus::Family<prometheus::Counter>& unknown_operators =
      Register(registry, prometheus::BuildCounter(), "picost_unsupported_operators_total",
               "Models refused for an operator that the importer does not know, by operator; "
               "'other' beyond the first 100.");
  prometheus::Family<prometheus::Histogram>& ingest =
      Register(registry, prometheus::BuildHistogram(), "picost_model_ingest_duration_seconds",
               "Time to take a model in, by stage.");
  prometheus::Family<prometheus::Counter>& questions =
      Register(registry, prometheus::BuildCounter(), "picost_stream_questions_total",
               "Questions of estimate streams answered, by gRPC code.");
  prometheus::Family<prometheus::Counter>& estimates =
      Register(registry, prometheus::BuildCounter(), "picost_estimates_total",
               "Estimates made, by coverage: measured, extrapolated (outside what the tables "
               "measured), missing (seconds absent for lack of a table).");
  prometheus::Family<prometheus::Counter>& reloads =
      Register(registry, prometheus::BuildCounter(), "picost_reloads_total",
               "Reloads, by what was read again and result.");
  prometheus::Gauge& skipped_tables =
      Register(registry, prometheus::BuildGauge(), "picost_calibration_tables_skipped",
               "Tables of the data directory that cannot be read, as when half written.")
          .Add({});
  prometheus::Family<prometheus::Gauge>& certificate_expiry =
      Register(registry, prometheus::BuildGauge(), "picost_tls_certificate_expiry_time_seconds",
               "Unix time when the certificate in use ends, by listener.");
  prometheus::Family<prometheus::Histogram>& residuals =
      Register(registry, prometheus::BuildHistogram(), "picost_measured_by_predicted_ratio",
               "Seconds that users measured by seconds predicted, by protocol.");
  prometheus::Family<prometheus::Counter>& measurements =
      Register(registry, prometheus::BuildCounter(), "picost_measurements_total",
               "Measurements that users reported, by protocol and whether the predicted interval "
               "holds them.");
  prometheus::Family<prometheus::Counter>& lookups =
      Register(registry, prometheus::BuildCounter(), "picost_model_cache_lookups_total",
               "Registered models looked up in the cache, by result.");
  prometheus::Gauge& cache_bytes =
      Register(registry, prometheus::BuildGauge(), "picost_model_cache_bytes",
               "Memory of the cached graphs.")
          .Add({});
  prometheus::Family<prometheus::Histogram>& store_durations =
      Register(registry, prometheus::BuildHistogram(), "picost_store_duration_seconds",
               "Time of store calls, by operation.");
  prometheus::Family<prometheus::Counter>& store_failures =
      Register(registry, prometheus::BuildCounter(), "picost_store_failures_total",
               "Store calls that failed for the store's own reasons, by operation.");
  prometheus::Family<prometheus::Gauge>& calibration_times = Register(
      registry, prometheus::BuildGauge(), "picost_calibration_time_seconds",
      "When a table was measured, as a Unix time, by table: its age is time() minus this.");
  prometheus::Family<prometheus::Gauge>& study_trials = Register(
      registry, prometheus::BuildGauge(), "picost_study_trials", "Trials of a configured study.");
  prometheus::Family<prometheus::Gauge>& study_feasible =
      Register(registry, prometheus::BuildGauge(), "picost_study_feasible_trials",
               "Trials that keep every budget of the study.");
  prometheus::Family<prometheus::Gauge>& study_best =
      Register(registry, prometheus::BuildGauge(), "picost_study_best_feasible_online_seconds",
               "Least predicted online latency of a trial that keeps every budget of the study.");
  prometheus::Family<prometheus::Gauge>& study_hypervolume =
      Register(registry, prometheus::BuildGauge(), "picost_study_hypervolume",
               "Volume between the study's front and its reference point.");
  prometheus::Family<prometheus::Gauge>& study_budgets =
      Register(registry, prometheus::BuildGauge(), "picost_study_budget",
               "A budget of the study, in the unit of its metric.");
  std::array<prometheus::Counter*, 3> estimates_by_coverage{
      &estimates.Add({{"coverage", "measured"}}), &estimates.Add({{"coverage", "extrapolated"}}),
      &estimates.Add({{"coverage", "missing"}})};
  std::array<prometheus::Counter*, 2> lookups_by_hit{&lookups.Add({{"result", "miss"}}),
                                                     &lookups.Add({{"result", "hit"}})};
  prometheus::Gauge& resident = Register(registry, prometheus::BuildGauge(),
                                         "process_resident_memory_bytes", "Resident memory.")
                                    .Add({});
  prometheus::Gauge& address_space =
      Register(registry, prometheus::BuildGauge(), "process_virtual_memory_bytes",
               "Address space in use.")
          .Add({});
  prometheus::Gauge& most_descriptors =
      Register(registry, prometheus::BuildGauge(), "process_max_fds",
               "File descriptors that there may be.")
          .Add({});
  prometheus::Family<prometheus::Gauge>& build_info = Register(
      registry, prometheus::BuildGauge(), "picost_build_info", "1, by version of the daemon.");
  prometheus::Gauge& descriptors =
      Register(registry, prometheus::BuildGauge(), "process_open_fds", "Open file descriptors.")
          .Add({});
  prometheus::Gauge& start_time = Register(registry, prometheus::BuildGauge(),
                                           "process_start_time_seconds", "Unix time of the start.")
                                      .Add({});
  prometheus::Counter& cpu =
      Register(registry, prometheus::BuildCounter(), "process_cpu_seconds_total",
               "Processor time, user and system.")
          .Add({});
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<MethodMetrics>> methods;
  std::set<std::string> operators;
  std::map<std::string, prometheus::Gauge*> time_by_table;
};

Metrics::Metrics(const std::string& version) : parts_(std::make_unique<Parts>()) {
  parts_->start_time.Set(UnixNow());
  parts_->build_info.Add({{"version", version}}).Set(1);
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  parts_->most_descriptors.Set(static_cast<double>(descriptors.rlim_cur));
}

Metrics::~Metrics() = default;

MethodMetrics& Metrics::ForMethod(const std::string& method) {
  const std::lock_guard lock(parts_->mutex);
  auto& entry = parts_->methods[method];
  if (entry == nullptr) {
    entry = std::make_unique<MethodMetrics>();
    entry->owner_ = this;
    entry->name_ = method;
    entry->durations_ = &parts_->durations.Add({{"method", method}}, LatencyBuckets());
  }
  return *entry;
}

void MethodMetrics::Record(int code, double seconds) {
  durations_->Observe(seconds);
  std::atomic<prometheus::Counter*>& calls = calls_[code >= 0 && code < kCodes ? code : 2];
  prometheus::Counter* counter = calls.load(std::memory_order_acquire);
  if (counter == nullptr) {
    // Equal labels give the same counter, so that two threads agree.
    counter = &owner_->parts_->calls.Add({{"method", name_}, {"code", CodeName(code)}});
    calls.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

void Metrics::RecordStreamQuestion(int code) {
  parts_->questions.Add({{"code", CodeName(code)}}).Increment();
}

void Metrics::CallBegins() { parts_->in_flight.Increment(); }

void Metrics::CallEnds() { parts_->in_flight.Decrement(); }

void Metrics::RecordRejection(const std::string& reason) {
  parts_->rejections.Add({{"reason", reason}}).Increment();
}

void Metrics::RecordRefusedModel(const std::string& code, const std::string& unknown_operator) {
  parts_->refused.Add({{"code", code}}).Increment();
  if (unknown_operator.empty()) return;
  std::string label = "other";
  {
    // Names come from strangers: their number and form are bounded.
    const std::lock_guard lock(parts_->mutex);
    const bool plain = unknown_operator.size() <= kMaxOperatorName &&
                       unknown_operator.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._") ==
                           std::string::npos;
    if (plain && (parts_->operators.size() < kMaxOperators ||
                  parts_->operators.contains(unknown_operator))) {
      parts_->operators.insert(unknown_operator);
      label = unknown_operator;
    }
  }
  parts_->unknown_operators.Add({{"operator", label}}).Increment();
}

void Metrics::RecordIngest(const std::string& stage, double seconds) {
  parts_->ingest.Add({{"stage", stage}}, LatencyBuckets()).Observe(seconds);
}

void Metrics::RecordEstimate(Coverage coverage) {
  parts_->estimates_by_coverage[static_cast<int>(coverage)]->Increment();
}

void Metrics::RecordCacheLookup(bool hit) { parts_->lookups_by_hit[hit ? 1 : 0]->Increment(); }

void Metrics::SetCacheBytes(double bytes) { parts_->cache_bytes.Set(bytes); }

void Metrics::RecordStoreCall(const std::string& operation, bool failed, double seconds) {
  parts_->store_durations.Add({{"operation", operation}}, LatencyBuckets()).Observe(seconds);
  parts_->store_failures.Add({{"operation", operation}}).Increment(failed ? 1 : 0);
}

void Metrics::SetCalibrationTimes(const std::map<std::string, double>& unix_seconds_by_table) {
  std::map<std::string, double> shown;
  for (const auto& [table, time] : unix_seconds_by_table) {
    const bool fits = shown.size() < kMaxTables;
    const auto [entry, added] = shown.emplace(fits ? table : "other", time);
    if (!added) entry->second = std::min(entry->second, time);
  }
  const std::lock_guard lock(parts_->mutex);
  std::map<std::string, prometheus::Gauge*> now;
  for (const auto& [table, time] : shown) {
    now[table] = &parts_->calibration_times.Add({{"table", table}});
    now[table]->Set(time);
  }
  for (const auto& [table, gauge] : parts_->time_by_table) {
    if (!now.contains(table)) parts_->calibration_times.Remove(gauge);
  }
  parts_->time_by_table = std::move(now);
}

namespace {

void SetOrRemove(prometheus::Family<prometheus::Gauge>& family, const std::string& study,
                 const std::optional<double>& value) {
  prometheus::Gauge& gauge = family.Add({{"study", study}});
  // A figure that is not known is no figure, not zero.
  value.has_value() ? gauge.Set(*value) : family.Remove(&gauge);
}

}  // namespace

void Metrics::SetStudy(const std::string& study, const std::optional<StudyFigures>& figures) {
  // Scrapes come on several threads, and removing a gauge ends it.
  const std::lock_guard<std::mutex> lock(parts_->study_mutex);
  const auto value = [&figures](auto of) {
    return figures ? std::optional<double>(of(*figures)) : std::nullopt;
  };
  SetOrRemove(parts_->study_trials, study, value([](const auto& f) { return f.trials; }));
  SetOrRemove(parts_->study_feasible, study,
              value([](const auto& f) { return f.feasible_trials; }));
  SetOrRemove(parts_->study_best, study,
              figures ? figures->best_feasible_online_seconds : std::nullopt);
  SetOrRemove(parts_->study_hypervolume, study, figures ? figures->hypervolume : std::nullopt);
  std::map<std::string, prometheus::Gauge*>& budgets = parts_->budgets_by_study[study];
  std::map<std::string, prometheus::Gauge*> now;
  if (figures) {
    for (const auto& [metric, limit] : figures->budgets) {
      now[metric] = &parts_->study_budgets.Add({{"study", study}, {"metric", metric}});
      now[metric]->Set(limit);
    }
  }
  for (const auto& [metric, gauge] : budgets) {
    if (now.count(metric) == 0) parts_->study_budgets.Remove(gauge);
  }
  budgets = std::move(now);
}

void Metrics::SetSkippedTables(double count) { parts_->skipped_tables.Set(count); }

void Metrics::RecordReload(const std::string& what, bool ok) {
  parts_->reloads.Add({{"what", what}, {"result", ok ? "ok" : "failed"}}).Increment();
}

void Metrics::SetCertificateExpiry(const std::string& listener, double unix_seconds) {
  parts_->certificate_expiry.Add({{"listener", listener}}).Set(unix_seconds);
}

void Metrics::RecordMeasurement(const std::string& protocol, double ratio, bool inside_interval) {
  parts_->residuals.Add({{"protocol", protocol}}, RatioBuckets()).Observe(ratio);
  parts_->measurements
      .Add({{"protocol", protocol}, {"inside_interval", inside_interval ? "true" : "false"}})
      .Increment();
}

std::string Metrics::Render() {
  const MemoryBytes memory = Memory();
  parts_->resident.Set(memory.resident);
  parts_->address_space.Set(memory.address_space);
  parts_->descriptors.Set(OpenDescriptors());
  const double cpu = CpuSeconds() - parts_->cpu.Value();
  if (cpu > 0) parts_->cpu.Increment(cpu);
  return prometheus::TextSerializer().Serialize(parts_->registry.Collect());
}

}  // namespace picost::service
