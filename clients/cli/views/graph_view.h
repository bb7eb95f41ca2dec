// What a network computes, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_GRAPH_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_GRAPH_VIEW_H_

#include <ostream>
#include <string>

#include "google/protobuf/repeated_ptr_field.h"
#include "proto/picost/v1/graph.pb.h"
#include "proto/picost/v1/models.pb.h"
#include "proto/picost/v1/oracle.pb.h"

namespace picost::cli {

using LayerList = google::protobuf::RepeatedPtrField<v1::Layer>;

// "557,056 ReLU elements in 17 calls, 555,422,720 MACs, ..."
std::string CountsSentence(const v1::Counts& counts);
// "without-stem: not the first one, behind the stem convolution"
std::string CountingText(v1::ReluConvention counting);
// "1x3x32x32"
std::string DimensionsText(const v1::TensorShape& shape);
// Operators that were tolerated though nobody knows them; nothing where there are none.
void PrintUnknownOperators(const v1::ImportNotes& notes, std::ostream& out);

void PrintInspectionTable(const v1::Inspection& inspection, const std::string& label,
                          std::ostream& out);
// The tensors of weights of an inspection that asked for them.
void PrintParametersCsv(const v1::Inspection& inspection, std::ostream& out);
void PrintLayersCsv(const LayerList& layers, std::ostream& out);

void PrintModelTable(const v1::Model& model, const LayerList& layers, std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_GRAPH_VIEW_H_
