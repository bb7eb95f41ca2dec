// Studies, trials and fronts for people and for CSV.
#ifndef PICOST_CLIENTS_CLI_VIEWS_STUDY_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_STUDY_VIEW_H_

#include <ostream>
#include <string>
#include <vector>

#include "proto/picost/v1/studies.pb.h"

namespace picost::cli {

void PrintStudies(const v1::ListStudiesResponse& studies, bool csv, std::ostream& out);

// Objectives, budgets, counts; then a plot of trials with the front among them.
void PrintStudy(const v1::Study& study, const v1::ParetoFront& front,
                const v1::TrialColumns& columns, std::ostream& out);

// A row per point; as text with the plot of the front alone.
void PrintFront(const v1::Study& study, const v1::ParetoFront& front, bool csv, std::ostream& out);

// One trial per line, the same columns for all.
void PrintTrialHeader(const v1::Study& study, bool csv, std::ostream& out);
void PrintTrial(const v1::Study& study, const v1::Trial& trial, bool csv, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_STUDY_VIEW_H_
