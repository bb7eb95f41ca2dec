#include "clients/cli/views/memory_view.h"

#include "clients/cli/views/numbers.h"
#include "clients/cli/views/table.h"

namespace picost::cli {
namespace {

const char* Since(v1::Phase phase) {
  switch (phase) {
    case v1::PHASE_SETUP:
      return "set-up, while connected";
    case v1::PHASE_OFFLINE:
      return "offline, for one inference";
    case v1::PHASE_ONLINE:
      return "online, while it runs";
    default:
      return "?";
  }
}

}  // namespace

void PrintMemory(const google::protobuf::RepeatedPtrField<v1::MemoryItem>& memory,
                 std::ostream& out) {
  if (memory.empty()) return;
  Table table({{"kept", Align::kLeft},
               {"since", Align::kLeft},
               {"client"},
               {"server"},
               {"", Align::kLeft}});
  for (const v1::MemoryItem& item : memory) {
    table.AddRow({item.name(), Since(item.phase()), HumanBytes(item.client_bytes()),
                  HumanBytes(item.server_bytes()), item.note()});
  }
  out << "\n";
  table.Print(out);
}

}  // namespace picost::cli
