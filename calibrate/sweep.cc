#include "calibrate/sweep.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
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

absl::StatusOr<std::vector<cost::Sample>> MeasurePoint(DriverPair& pair, const SweepPoint& point,
                                                       const SweepOptions& options,
                                                       std::vector<std::string>& noisy) {
  MeasureRequest request;
  request.set_operation(point.operation());
  *request.mutable_parameters() = point.parameters();
  request.set_count(point.count());
  request.set_warm_up(options.warm_up);
  request.set_repetitions(options.repetitions);
  request.set_input_seed(options.input_seed);
  PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> samples,
                          pair.Measure(request, options.network, options.timeout_seconds));
  std::string where;
  double spread = LargestSpread(samples, &where);
  if (spread > options.noisy_spread) {
    PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> again,
                            pair.Measure(request, options.network, options.timeout_seconds));
    std::string where_again;
    const double spread_again = LargestSpread(again, &where_again);
    if (spread_again < spread) {
      samples = std::move(again);
      spread = spread_again;
      where = where_again;
    }
  }
  if (spread > options.noisy_spread) {
    noisy.push_back(absl::StrFormat("%s: spread %.0f %%", where, spread * 100));
  }
  return samples;
}

}  // namespace

std::string PointName(const SweepPoint& point) {
  primitives::Parameters parameters;
  for (const auto& [name, value] : point.parameters()) parameters.Set(name, value);
  return absl::StrCat(point.operation(), " ", parameters.DebugString(), " x ", point.count());
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
  std::vector<SweepPoint> points;
  std::set<std::string> names;
  for (const SweepPoint& point : pair.capabilities().sweep()) {
    if (point.check_only() || (options.quick && !point.quick())) continue;
    // A driver that makes its list in loops may name a shape twice.
    if (names.insert(PointName(point)).second) points.push_back(point);
  }
  if (points.empty()) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition,
        absl::StrCat("driver ", pair.client_description().name(), " declares no points of a sweep"),
        {.mend = "Its capabilities name what is worth measuring."});
  }
  Journal journal(options.journal);
  SweepResult result;
  result.points = static_cast<int>(points.size());
  const auto start = std::chrono::steady_clock::now();
  int measured = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    const std::string name = PointName(points[i]);
    const double elapsed =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    progress({static_cast<int>(i), result.points, name,
              measured == 0 ? -1 : elapsed / measured * static_cast<double>(points.size() - i)});
    if (const std::string* rows = journal.Find(name); rows != nullptr) {
      PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> samples, ParseSampleRows(*rows));
      for (cost::Sample& sample : samples) result.samples.push_back(std::move(sample));
      ++result.resumed;
      continue;
    }
    PICOST_ASSIGN_OR_RETURN(const std::vector<cost::Sample> samples,
                            MeasurePoint(pair, points[i], options, result.noisy));
    PICOST_RETURN_IF_ERROR(journal.Add(name, samples));
    result.samples.insert(result.samples.end(), samples.begin(), samples.end());
    ++measured;
  }
  progress({result.points, result.points, "", 0});
  return result;
}

}  // namespace picost::calibrate
