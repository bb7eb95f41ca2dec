// A network given as shapes alone -> Graph.
#ifndef PICOST_SERVICE_CONVERT_LAYER_SHAPES_H_
#define PICOST_SERVICE_CONVERT_LAYER_SHAPES_H_

#include "absl/status/statusor.h"
#include "estimator/graph/graph.h"
#include "proto/picost/v1/graph.pb.h"

namespace picost::service {

// kInvalidArgument, naming the layer and the field, where a size is missing or
// out of range, where an input names no earlier layer, or where a layer does not
// read as many elements as its input gives.
absl::StatusOr<graph::Graph> GraphFromLayerShapes(const v1::LayerShapes& shapes);

}  // namespace picost::service

#endif  // PICOST_SERVICE_CONVERT_LAYER_SHAPES_H_
