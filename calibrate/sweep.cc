#include "calibrate/sweep.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "calibrate/table_file.h"
#include "estimator/base/error.h"
#include "estimator/base/status_macros.h"
#include "estimator/cost/calibration_io.h"

namespace picost::calibrate {
namespace {

constexpr int kFewestPasses = 3;  // however long they take: a median needs them

// One finished point: a line "# NAME" and its rows behind it, closed by "# done". The
// first line says what was measured how: a journal of another driver or release is set
// aside.
class Journal {
 public:
  Journal(std::string path, std::string heading)
      : path_(std::move(path)), heading_("## " + std::move(heading)) {
    std::ifstream file(path_);
    std::string line, name, rows;
    if (!std::getline(file, line)) return;
    if (line != heading_) {
      std::error_code error;  // what cannot be moved away is written over
      std::filesystem::rename(path_, path_ + ".old", error);
      return;
    }
    begun_ = true;
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
    std::ofstream file(path_, begun_ ? std::ios::app : std::ios::trunc);
    if (!begun_) file << heading_ << "\n";
    begun_ = true;
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
  std::string heading_;
  bool begun_ = false;
  std::map<std::string, std::string> done_;
};

std::string ShapeName(const cost::Sample& sample) {
  return absl::StrCat(sample.primitive, " ", sample.parameters.DebugString(), " x ", sample.count,
                      " ", std::string(primitives::ExecutorName(sample.executor)));
}

// "passes: pi-ref 3, warm-up 1, network lo"
std::string Heading(const DriverPair& pair, const SweepOptions& options) {
  const Description& driver = pair.client_description();
  return absl::StrCat("passes: ", driver.name(), " ", driver.version(), ", warm-up ",
                      options.warm_up, ", network ", options.network);
}

// A point, and all that was measured of it.
struct Measured {
  const SweepPoint* point = nullptr;
  std::vector<cost::Sample> samples;
};

// Measures, or takes from the journal what an earlier run has done.
class Measurer {
 public:
  Measurer(DriverPair& pair, const SweepOptions& options,
           const std::function<void(const SweepProgress&)>& progress)
      : pair_(pair),
        options_(options),
        progress_(progress),
        journal_(options.journal, Heading(pair, options)) {}

  // One repetition of each: the pass with this number.
  absl::Status Pass(int number, const std::vector<Measured*>& points) {
    for (Measured* measured : points) {
      const std::string name = absl::StrCat(PointName(*measured->point),
                                            number == 0 ? "" : absl::StrCat(" pass ", number + 1));
      ReportProgress(name);
      PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> got, Get(name, number, *measured->point));
      measured->samples.insert(measured->samples.end(), std::make_move_iterator(got.begin()),
                               std::make_move_iterator(got.end()));
      ++done_;
    }
    return absl::OkStatus();
  }

  void Expect(int measurements) { expected_ += measurements; }
  void ReportEnd() {
    expected_ = done_;
    ReportProgress("");
  }
  double Elapsed() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  int done() const { return done_; }
  int resumed() const { return resumed_; }

 private:
  void ReportProgress(const std::string& what) {
    const int measured = done_ - resumed_;
    progress_({done_, expected_, what,
               done_ == expected_ ? 0
               : measured == 0    ? -1
                                  : Elapsed() / measured * (expected_ - done_)});
  }

  absl::StatusOr<std::vector<cost::Sample>> Get(const std::string& name, int pass,
                                                const SweepPoint& point) {
    if (const std::string* rows = journal_.Find(name); rows != nullptr) {
      ++resumed_;
      return ParseSampleRows(*rows);
    }
    MeasureRequest request;
    request.set_operation(point.operation());
    *request.mutable_parameters() = point.parameters();
    request.set_count(point.count());
    request.set_warm_up(options_.warm_up);
    request.set_repetitions(1);
    request.set_input_seed(options_.input_seed);
    PICOST_ASSIGN_OR_RETURN(std::vector<cost::Sample> samples,
                            pair_.Measure(request, options_.network, options_.timeout_seconds));
    for (cost::Sample& sample : samples) sample.repeat = pass;
    PICOST_RETURN_IF_ERROR(journal_.Add(name, samples));
    return samples;
  }

  DriverPair& pair_;
  const SweepOptions& options_;
  const std::function<void(const SweepProgress&)>& progress_;
  Journal journal_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int expected_ = 0;
  int done_ = 0;
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
  std::vector<Measured> measured;
  for (const SweepPoint& point : points) measured.push_back({.point = &point, .samples = {}});
  std::vector<Measured*> all, spreading;
  for (Measured& each : measured) all.push_back(&each);

  Measurer measurer(pair, options, progress);
  measurer.Expect(options.repetitions * static_cast<int>(all.size()));
  int pass = 0;
  while (pass < options.repetitions &&
         (pass < kFewestPasses || measurer.Elapsed() < options.most_seconds)) {
    PICOST_RETURN_IF_ERROR(measurer.Pass(pass++, all));
  }
  const int repetitions = pass;
  for (Measured* each : all) {
    if (LargestSpread(each->samples, nullptr) > options.noisy_spread) spreading.push_back(each);
  }
  measurer.Expect(options.repetitions * static_cast<int>(spreading.size()));
  while (pass < 2 * options.repetitions && measurer.Elapsed() < options.most_seconds) {
    PICOST_RETURN_IF_ERROR(measurer.Pass(pass++, spreading));
  }
  measurer.ReportEnd();

  SweepResult result{.points = static_cast<int>(points.size()),
                     .repetitions = repetitions,
                     .measurements = measurer.done(),
                     .resumed = measurer.resumed()};
  for (Measured& each : measured) {
    std::string where;
    const double spread = LargestSpread(each.samples, &where);
    if (spread > options.noisy_spread) {
      result.noisy.push_back(absl::StrFormat("%s: spread %.0f %%", where, spread * 100));
    }
    result.samples.insert(result.samples.end(), each.samples.begin(), each.samples.end());
  }
  return result;
}

}  // namespace picost::calibrate
