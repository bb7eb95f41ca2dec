#include "calibrate/sweep.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "calibrate/table_file.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"

namespace picost::calibrate {
namespace {

// One finished point: a line "# NAME" and its rows behind it, closed by "# done".
class Journal {
 public:
  explicit Journal(std::string path) : path_(std::move(path)) {
    std::ifstream file(path_);
    std::string line, name, rows;
    while (std::getline(file, line)) {
      if (line == "# done") {
        done_[name] = rows;
      } else if (line.rfind("# ", 0) == 0) {
        name = line.substr(2);
        rows.clear();
      } else {
        rows += line + "\n";
      }
    }
  }

  // The rows of a point that an earlier run finished; null if none did.
  const std::string* Find(const std::string& name) const {
    const auto found = done_.find(name);
    return found == done_.end() ? nullptr : &found->second;
  }

  absl::Status Add(const std::string& name, const std::vector<cost::Sample>& samples) {
    if (path_.empty()) return absl::OkStatus();
    std::ofstream file(path_, std::ios::app);
    file << "# " << name << "\n";
    for (const cost::Sample& sample : samples) file << SampleRow(sample) << "\n";
    file << "# done\n" << std::flush;
    if (file) return absl::OkStatus();
    return MakeError(absl::StatusCode::kUnavailable,
                     absl::StrCat("cannot write the journal ", path_),
                     {.mend = "Make room, or choose another folder with --out."});
  }

 private:
  std::string path_;
  std::map<std::string, std::string> done_;
};

std::string ShapeName(const cost::Sample& sample) {
  return absl::StrCat(sample.primitive, " ", sample.parameters.DebugString(), " x ", sample.count,
                      " ", std::string(primitives::ExecutorName(sample.executor)));
}

// One point of a sweep in one pass: what is measured and kept together.
struct Measurement {
  const SweepPoint* point = nullptr;
  std::string name;  // in the journal
  int first_repeat = 0;
  int repetitions = 0;
};

// The sweep's measurements, pass by pass.
std::vector<Measurement> Schedule(const std::vector<SweepPoint>& points,
                                  const SweepOptions& options) {
  const int passes = std::clamp(options.passes, 1, std::max(1, options.repetitions));
  std::vector<Measurement> schedule;
  int first = 0;
  for (int pass = 0; pass < passes; ++pass) {
    const int share = options.repetitions / passes + (pass < options.repetitions % passes ? 1 : 0);
    for (const SweepPoint& point : points) {
      schedule.push_back({.point = &point,
                          .name = absl::StrCat(PointName(point),
                                               pass == 0 ? "" : absl::StrCat(" pass ", pass + 1)),
                          .first_repeat = first,
                          .repetitions = share});
    }
    first += share;
  }
  return schedule;
}

// Measures, or takes from the journal what an earlier run has done.
class Measurer {
 public:
  Measurer(DriverPair& pair, const SweepOptions& options)
      : pair_(pair), options_(options), journal_(options.journal) {}

  absl::StatusOr<std::vector<cost::Sample>> Get(const Measurement& measurement) {
    if (const std::string* rows = journal_.Find(measurement.name); rows != nullptr) {
      ++resumed_;
      return ParseSampleRows(*rows);
    }
    MeasureRequest request;
    request.set_operation(measurement.point->operation());
    *request.mutable_parameters() = measurement.point->parameters();
    request.set_count(measurement.point->count());
    request.set_warm_up(options_.warm_up);
    request.set_repetitions(measurement.repetitions);
    request.set_input_seed(options_.input_seed);
    PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> samples,
                            pair_.Measure(request, options_.network, options_.timeout_seconds));
    for (cost::Sample& sample : samples) sample.repeat += measurement.first_repeat;
    PICOST_RETURN_IF_ERROR(journal_.Add(measurement.name, samples));
    return samples;
  }

  int resumed() const { return resumed_; }

 private:
  DriverPair& pair_;
  const SweepOptions& options_;
  Journal journal_;
  int resumed_ = 0;
};

std::vector<SweepPoint> ChoosePoints(const Capabilities& capabilities, bool quick) {
  std::vector<SweepPoint> points;
  std::set<std::string> names;
  for (const SweepPoint& point : capabilities.sweep()) {
    if (point.check_only() || (quick && !point.quick())) continue;
    // A driver that makes its list in loops may name a shape twice.
    if (names.insert(PointName(point)).second) points.push_back(point);
  }
  return points;
}

}  // namespace

std::string PointName(const SweepPoint& point) {
  primitives::Parameters parameters;
  for (const auto& [name, value] : point.parameters()) parameters.Set(name, value);
  return absl::StrCat(point.operation(), " ", parameters.DebugString(), " x ", point.count());
}

double SumOfMedians(const std::vector<cost::Sample>& samples) {
  std::map<std::string, std::vector<double>> shapes;
  for (const cost::Sample& sample : samples) {
    shapes[ShapeName(sample)].push_back(sample.wall.value());
  }
  double sum = 0;
  for (auto& [name, seconds] : shapes) {
    std::sort(seconds.begin(), seconds.end());
    sum += seconds[seconds.size() / 2];
  }
  return sum;
}

double LargestSpread(const std::vector<cost::Sample>& samples, std::string* where) {
  std::map<std::string, std::vector<double>> shapes;
  for (const cost::Sample& sample : samples) {
    shapes[ShapeName(sample)].push_back(sample.wall.value());
  }
  double largest = 0;
  for (auto& [name, seconds] : shapes) {
    if (seconds.size() < 2) continue;
    std::sort(seconds.begin(), seconds.end());
    const double median = seconds[seconds.size() / 2];
    double squares = 0;
    for (const double s : seconds) squares += (s - median) * (s - median);
    const double spread = std::sqrt(squares / static_cast<double>(seconds.size() - 1)) / median;
    if (median > 0 && spread > largest) {
      largest = spread;
      if (where != nullptr) *where = name;
    }
  }
  return largest;
}

absl::StatusOr<SweepResult> RunSweep(DriverPair& pair, const SweepOptions& options,
                                     const std::function<void(const SweepProgress&)>& progress) {
  const std::vector<SweepPoint> points = ChoosePoints(pair.capabilities(), options.quick);
  if (points.empty()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("driver ", pair.client_description().name(), " declares no points of a sweep"),
        {.mend = "Its capabilities name what is worth measuring."});
  }
  const std::vector<Measurement> schedule = Schedule(points, options);
  SweepResult result;
  result.points = static_cast<int>(points.size());
  result.measurements = static_cast<int>(schedule.size());
  Measurer measurer(pair, options);
  std::map<const SweepPoint*, std::vector<cost::Sample>> samples;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < result.measurements; ++i) {
    const Measurement& measurement = schedule[static_cast<size_t>(i)];
    const int measured = i - measurer.resumed();
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress({i, result.measurements, measurement.name,
              measured == 0 ? -1 : elapsed / measured * (result.measurements - i)});
    PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> got, measurer.Get(measurement));
    std::vector<cost::Sample>& of_point = samples[measurement.point];
    of_point.insert(of_point.end(), std::make_move_iterator(got.begin()),
                    std::make_move_iterator(got.end()));
  }
  result.resumed = measurer.resumed();
  for (const SweepPoint& point : points) {
    std::vector<cost::Sample>& of_point = samples[&point];
    std::string where;
    double spread = LargestSpread(of_point, &where);
    if (spread > options.noisy_spread) {
      progress({result.measurements, result.measurements + 1,
                absl::StrCat("again: ", PointName(point)), -1});
      PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> again,
                              measurer.Get({.point = &point,
                                            .name = PointName(point) + " again",
                                            .repetitions = options.repetitions}));
      // Whatever disturbs a measurement adds time. Spread does not tell: what lasts as
      // long as all repetitions of a point slows them evenly.
      if (SumOfMedians(again) < SumOfMedians(of_point)) {
        of_point = std::move(again);
        spread = LargestSpread(of_point, &where);
      }
    }
    if (spread > options.noisy_spread) {
      result.noisy.push_back(absl::StrFormat("%s: spread %.0f %%", where, spread * 100));
    }
    result.samples.insert(result.samples.end(), of_point.begin(), of_point.end());
  }
  progress({result.measurements, result.measurements, "", 0});
  return result;
}

}  // namespace picost::calibrate
