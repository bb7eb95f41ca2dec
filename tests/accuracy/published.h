// DELPHI's published phases against the sums that the published table predicts.
#ifndef PICOST_TESTS_ACCURACY_PUBLISHED_H_
#define PICOST_TESTS_ACCURACY_PUBLISHED_H_

#include <string>
#include <vector>

#include "tests/accuracy/scoring.h"

namespace picost::accuracy {

// One score for each network and phase that was published in seconds. The table
// was fitted on these figures (layers for HE evaluation, phases for the others):
// the errors say how well one set of constants describes three networks.
std::vector<Score> ScorePublishedPhases(const std::string& data_path);

// HE evaluation of whole networks, planned and priced: the fully connected layers are
// in no sample.
std::vector<Score> ScorePublishedEvaluations(const std::string& data_path);

// ResNet-18's HE evaluation by threads, packed by cost::Makespan; `layer` holds the
// threads. What was measured contains contention for memory, which is not modelled.
std::vector<Score> ScorePublishedMakespans(const std::string& data_path);

}  // namespace picost::accuracy

#endif  // PICOST_TESTS_ACCURACY_PUBLISHED_H_
