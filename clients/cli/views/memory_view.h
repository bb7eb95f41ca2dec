// Memory and storage of the parties, as text.
#ifndef PICOST_CLIENTS_CLI_VIEWS_MEMORY_VIEW_H_
#define PICOST_CLIENTS_CLI_VIEWS_MEMORY_VIEW_H_

#include <ostream>

#include "google/protobuf/repeated_ptr_field.h"
#include "proto/picost/v1/estimate.pb.h"

namespace picost::cli {

// A table of what each party keeps, from when on.
void PrintMemory(const google::protobuf::RepeatedPtrField<v1::MemoryItem>& memory,
                 std::ostream& out);

}  // namespace picost::cli

#endif  // PICOST_CLIENTS_CLI_VIEWS_MEMORY_VIEW_H_
