#include "calibrate/drivers/net/net_driver.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "estimator/base/status_macros.h"

namespace picost::calibrate {
namespace {

constexpr int64_t kMessageBytes = 128 << 10;  // as the OT extension sends

// count bytes in messages, then one byte back: the sender's clock stops when the
// last byte has arrived, not when the kernel has taken it.
absl::Status Bulk(Channel& channel, bool sends, int64_t count, int64_t message_bytes) {
  std::vector<char> buffer(static_cast<size_t>(std::min(count, message_bytes)));
  for (int64_t done = 0; done < count;) {
    const int64_t bytes = std::min(message_bytes, count - done);
    PICOST_RETURN_IF_ERROR(sends ? channel.Send(buffer.data(), bytes)
                                 : channel.Receive(buffer.data(), bytes));
    done += bytes;
  }
  char done = 1;
  return sends ? channel.Receive(&done, 1) : channel.Send(&done, 1);
}

absl::Status RunOnce(const std::string& operation, bool is_client, int64_t count,
                     Channel& channel) {
  if (operation == "net.up") return Bulk(channel, is_client, count, kMessageBytes);
  if (operation == "net.down") return Bulk(channel, !is_client, count, kMessageBytes);
  if (operation == "net.messages") return Bulk(channel, is_client, 64 * count, 64);
  if (operation == "net.duplex") {
    std::vector<char> out(static_cast<size_t>(count)), in(static_cast<size_t>(count));
    return channel.Exchange(out.data(), count, in.data(), count);
  }
  char byte = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (is_client) PICOST_RETURN_IF_ERROR(channel.Send(&byte, 1));
    PICOST_RETURN_IF_ERROR(channel.Receive(&byte, 1));
    if (!is_client) PICOST_RETURN_IF_ERROR(channel.Send(&byte, 1));
  }
  return absl::OkStatus();
}

}  // namespace

Description NetDriver::Describe() {
  Description description;
  description.set_name("net");
  description.set_version("1");
  description.set_security("none: no cryptography is run");
  description.set_license("Apache-2.0, with this project");
  return description;
}

Capabilities NetDriver::GetCapabilities() {
  Capabilities capabilities;
  const auto add = [&](const char* name, const char* unit, int64_t example) {
    Operation& operation = *capabilities.add_operations();
    operation.set_name(name);
    operation.set_unit(unit);
    operation.set_example_count(example);
  };
  add("net.round_trip", "one byte there and back", 10);
  add("net.up", "one byte from the client to the server", 1 << 20);
  add("net.down", "one byte from the server to the client", 1 << 20);
  add("net.duplex", "one byte each way at once", 1 << 20);
  add("net.messages", "one message of 64 bytes from the client to the server", 100);
  return capabilities;
}

absl::StatusOr<MeasureReply> NetDriver::Measure(const MeasureRequest& request, Channel& channel) {
  const bool is_client = request.party() == MeasureRequest::CLIENT;
  MeasureReply reply;
  for (int i = 0; i < request.warm_up() + request.repetitions(); ++i) {
    Repetition repetition;
    PICOST_RETURN_IF_ERROR(TimeStep(
        channel, request.operation(), {}, request.count(), Step::JOINT,
        [&] { return RunOnce(request.operation(), is_client, request.count(), channel); },
        repetition));
    repetition.set_correct(true);
    if (i >= request.warm_up()) *reply.add_repetitions() = std::move(repetition);
  }
  reply.set_peak_memory_bytes(PeakMemoryBytes());
  return reply;
}

}  // namespace picost::calibrate
