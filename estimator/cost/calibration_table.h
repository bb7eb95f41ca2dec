// A calibration table: raw samples of primitives on one machine, as read from a
// folder of data/calibration (docs/calibration_format.md).
//
// Samples are the data; fits are derived from them when a table is loaded.
// A table is immutable and its id is the digest of its content. Published and
// measured figures never stand in one table, so never in one fit.
#ifndef PICOST_ESTIMATOR_COST_CALIBRATION_TABLE_H_
#define PICOST_ESTIMATOR_COST_CALIBRATION_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/base/units.h"
#include "estimator/primitives/primitive.h"

namespace picost::cost {

enum class Origin {
  kMeasured,   // by this project's tools, raw samples at hand
  kPublished,  // by others: figures from a paper or an artifact
  kSynthetic,  // made up with known coefficients, for tests
};

// "measured", "published", "synthetic".
std::string_view OriginName(Origin origin);

struct Environment {
  std::string backend;          // "cheetah"
  std::string backend_version;  // revision, then flags where they differ
  std::string machine;          // processor, cores, memory
  std::string compiler;
  std::string date;  // ISO 8601
  int64_t threads = 1;
};

// What else ran inside a measurement: another primitive (a Ferret extension that
// happened to fall into a ReLU layer), or further calls of the same one (a phase
// of a whole network, published as one figure).
struct NestedUse {
  std::string primitive;
  primitives::Parameters parameters;
  int64_t count = 0;
};

// One repetition of one primitive seen by one executor.
struct Sample {
  std::string primitive;  // id in the catalogue
  primitives::Parameters parameters;
  int64_t count = 0;
  primitives::Executor executor = primitives::Executor::kJoint;
  std::string network;  // "lo", "lan", "wan1": where it was measured
  int64_t repeat = 0;
  Seconds wall;
  Seconds cpu;                  // negative where it was not recorded
  primitives::Traffic traffic;  // as metered
  bool traffic_known = false;
  bool flights_may_undercount = false;  // metered flights may be 1 low
  std::vector<NestedUse> nested;        // included in wall, cpu and traffic
  bool sum = false;                     // of calls in many layers: count is their total
  bool comparable = true;               // false: kept for the record, neither fitted nor compared
  int64_t line = 0;                     // in samples.csv; 0 where not from a file
};

struct CalibrationTable {
  std::string id;    // digest of the content, 64 hex digits
  std::string name;  // of its folder; not part of the content
  std::string title;
  Origin origin = Origin::kMeasured;
  std::string source;  // who measured it, where it was read
  std::string license;
  Environment environment;
  std::vector<Sample> samples;

  // Of a table that ScaleModel took elsewhere; else empty.
  std::string scaled_from;          // id of the table
  std::vector<Sample> probes;       // that it was scaled by
  std::string probes_predicted_by;  // name of the reference; empty: the table itself
};

}  // namespace picost::cost

#endif  // PICOST_ESTIMATOR_COST_CALIBRATION_TABLE_H_
