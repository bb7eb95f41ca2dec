#include "tests/fuzz/model_mutator.h"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "estimator/graph/onnx_operators.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "tests/fuzz/random.h"

namespace picost::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDeepest = 24;            // messages below are left alone
constexpr size_t kMostMessages = 4000;  // of one model, that are considered

void Collect(Message* message, int depth, std::vector<Message*>& all) {
  if (depth > kDeepest || all.size() >= kMostMessages) return;
  all.push_back(message);
  const Reflection* reflection = message->GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (!field->is_repeated()) {
      Collect(reflection->MutableMessage(message, field), depth + 1, all);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*message, field); ++i) {
      Collect(reflection->MutableRepeatedMessage(message, field, i), depth + 1, all);
    }
  }
}

std::vector<Message*> MessagesOf(Message& model) {
  std::vector<Message*> all;
  Collect(&model, 0, all);
  return all;
}

template <typename Part>
std::vector<Part*> PartsOf(Message& model) {
  std::vector<Part*> parts;
  for (Message* message : MessagesOf(model)) {
    if (auto* part = dynamic_cast<Part*>(message)) parts.push_back(part);
  }
  return parts;
}

int64_t SomeInteger(Random& random, int64_t now) {
  constexpr int64_t kEdges[] = {
      0, 1, -1, 2, 3, 4, 7, 16, 64, 224, 65537, int64_t{1} << 31, -2, 5, 11, 12, int64_t{1} << 62};
  switch (random.Below(6)) {
    case 0:
      return static_cast<int64_t>(static_cast<uint64_t>(now) + 1);
    case 1:
      return static_cast<int64_t>(static_cast<uint64_t>(now) - 1);
    case 2:
      return random.Below(2) == 0 ? std::numeric_limits<int64_t>::min()
                                  : std::numeric_limits<int64_t>::max();
    default:
      return kEdges[random.Below(std::size(kEdges))];
  }
}

double SomeReal(Random& random) {
  constexpr double kEdges[] = {0, -0.0, 1, -1, 0.5, 6, 3.0000002, 1e30, -1e30};
  const size_t choice = random.Below(std::size(kEdges) + 2);
  if (choice < std::size(kEdges)) return kEdges[choice];
  return choice == std::size(kEdges) ? std::numeric_limits<double>::infinity()
                                     : std::numeric_limits<double>::quiet_NaN();
}

// A name that the model uses somewhere: what is read gets another producer.
std::string SomeName(Random& random, Message& model) {
  const auto nodes = PartsOf<::onnx::NodeProto>(model);
  if (nodes.empty() || random.Below(8) == 0) return "";
  const auto& node = *nodes[random.Below(nodes.size())];
  const auto& names = random.Below(2) == 0 ? node.output() : node.input();
  return names.empty() ? node.name() : names[static_cast<int>(random.Below(names.size()))];
}

void SetScalar(Random& random, Message& model, Message& message, const FieldDescriptor* field) {
  const Reflection& r = *message.GetReflection();
  const bool repeated = field->is_repeated();
  const int size = repeated ? r.FieldSize(message, field) : 0;
  const int at = size == 0 ? 0 : static_cast<int>(random.Below(size));
  const auto set = [&](auto value, auto set_one, auto set_at, auto add) {
    if (!repeated) return (r.*set_one)(&message, field, value);
    if (size > 0 && random.Below(3) != 0) return (r.*set_at)(&message, field, at, value);
    (r.*add)(&message, field, value);
  };
  const int64_t integer = SomeInteger(random, static_cast<int64_t>(random.Below(300)));
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return set(static_cast<int32_t>(integer), &Reflection::SetInt32,
                 &Reflection::SetRepeatedInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return set(integer, &Reflection::SetInt64, &Reflection::SetRepeatedInt64,
                 &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT64:
      return set(static_cast<uint64_t>(integer), &Reflection::SetUInt64,
                 &Reflection::SetRepeatedUInt64, &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return set(static_cast<float>(SomeReal(random)), &Reflection::SetFloat,
                 &Reflection::SetRepeatedFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return set(SomeReal(random), &Reflection::SetDouble, &Reflection::SetRepeatedDouble,
                 &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_STRING:
      return set(SomeName(random, model), &Reflection::SetString, &Reflection::SetRepeatedString,
                 &Reflection::AddString);
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* type = field->enum_type();
      const auto* value = type->value(static_cast<int>(random.Below(type->value_count())));
      if (!repeated) r.SetEnum(&message, field, value);
      return;
    }
    default:
      return;  // ONNX has no other scalars
  }
}

void ChangeSubmessage(Random& random, Message& message, const FieldDescriptor* field) {
  const Reflection& r = *message.GetReflection();
  if (!field->is_repeated()) {
    if (r.HasField(message, field) && random.Below(4) == 0) return r.ClearField(&message, field);
    r.MutableMessage(&message, field);
    return;
  }
  const int size = r.FieldSize(message, field);
  if (size == 0) {
    r.AddMessage(&message, field);
    return;
  }
  const int at = static_cast<int>(random.Below(size));
  switch (random.Below(3)) {
    case 0:
      r.SwapElements(&message, field, at, size - 1);
      r.RemoveLast(&message, field);
      return;
    case 1: {
      Message* copy = r.AddMessage(&message, field);
      copy->CopyFrom(r.GetRepeatedMessage(message, field, at));
      return;
    }
    default:
      r.SwapElements(&message, field, at, static_cast<int>(random.Below(size)));
  }
}

void ChangeSomeField(Random& random, ::onnx::ModelProto& model) {
  const auto messages = MessagesOf(model);
  Message& message = *messages[random.Below(messages.size())];
  const auto* type = message.GetDescriptor();
  const FieldDescriptor* field = type->field(static_cast<int>(random.Below(type->field_count())));
  if (random.Below(8) == 0) return message.GetReflection()->ClearField(&message, field);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    ChangeSubmessage(random, message, field);
  } else {
    SetScalar(random, model, message, field);
  }
}

// Exchanges what a node does: operator, domain, one input.
void ChangeSomeNode(Random& random, ::onnx::ModelProto& model) {
  const auto nodes = PartsOf<::onnx::NodeProto>(model);
  if (nodes.empty()) return;
  ::onnx::NodeProto& node = *nodes[random.Below(nodes.size())];
  switch (random.Below(5)) {
    case 0: {
      static const auto& operators =
          *new std::vector<graph::KnownOperator>(graph::KnownOperators());
      const graph::KnownOperator& known = operators[random.Below(operators.size())];
      node.set_op_type(known.type);
      node.set_domain(known.domain == "ai.onnx" ? "" : known.domain);
      return;
    }
    case 1:
      node.add_input(SomeName(random, model));
      return;
    case 2:
      if (node.input_size() == 0) return;
      node.set_input(static_cast<int>(random.Below(node.input_size())), SomeName(random, model));
      return;
    case 3:
      if (node.input_size() > 0) node.mutable_input()->RemoveLast();
      return;
    default: {
      // An attribute of another node: operators share many names.
      const ::onnx::NodeProto& other = *nodes[random.Below(nodes.size())];
      if (other.attribute().empty()) return;
      const ::onnx::AttributeProto attribute =
          other.attribute(static_cast<int>(random.Below(other.attribute_size())));
      *node.add_attribute() = attribute;
    }
  }
}

void ChangeOpset(Random& random, ::onnx::ModelProto& model) {
  if (model.opset_import().empty()) model.add_opset_import();
  auto& import =
      *model.mutable_opset_import(static_cast<int>(random.Below(model.opset_import_size())));
  import.set_version(static_cast<int64_t>(5 + random.Below(22)));
}

}  // namespace

void MutateModel(uint32_t seed, ::onnx::ModelProto& model) {
  Random random(seed);
  const size_t changes = 1 + random.Below(3);
  for (size_t i = 0; i < changes; ++i) {
    const size_t choice = random.Below(16);
    if (choice == 0) {
      ChangeOpset(random, model);
    } else if (choice < 8) {
      ChangeSomeNode(random, model);
    } else {
      ChangeSomeField(random, model);
    }
  }
}

void CrossModels(uint32_t seed, const ::onnx::ModelProto& donor, ::onnx::ModelProto& model) {
  Random random(seed);
  ::onnx::ModelProto copy = donor;
  const auto parts = MessagesOf(copy);
  const Message& part = *parts[random.Below(parts.size())];
  std::vector<Message*> places;
  for (Message* message : MessagesOf(model)) {
    if (message->GetDescriptor() == part.GetDescriptor()) places.push_back(message);
  }
  if (places.empty()) return;
  places[random.Below(places.size())]->CopyFrom(part);
}

}  // namespace picost::fuzz
