#include "estimator/graph/onnx_ops/tensor_data.h"

#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

namespace picost::graph::ops {
namespace {

using ::onnx::TensorProto;

// Little-endian, as the format fixes; Debian's amd64 and arm64 are, too.
template <typename Stored, typename As>
ConstantData FromRaw(const std::string& raw, int64_t count) {
  if (raw.size() != static_cast<size_t>(count) * sizeof(Stored)) return {};
  std::vector<As> values(static_cast<size_t>(count));
  for (size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, raw.data() + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<As>(stored);
  }
  return values;
}

template <typename As, typename Field>
ConstantData FromField(const Field& field, int64_t count) {
  if (field.size() != count) return {};
  return std::vector<As>(field.begin(), field.end());
}

// IEEE 754 binary16; infinities and NaN saturate, as bounds of a clip should.
double HalfToDouble(uint16_t half) {
  const int exponent = half >> 10 & 0x1f;
  const double fraction = (half & 0x3ff) / 1024.0;
  double value = exponent == 0 ? fraction / 16384 : (1 + fraction) / 32768;
  for (int i = 0; i < exponent; ++i) value *= exponent == 0 ? 1 : 2;
  if (exponent == 31) value = 65504;
  return (half & 0x8000) != 0 ? -value : value;
}

double BrainToDouble(uint16_t brain) {
  const uint32_t bits = uint32_t{brain} << 16;
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

ConstantData SixteenBits(const TensorProto& tensor, int64_t count, double (*convert)(uint16_t)) {
  std::vector<double> values;
  if (!tensor.raw_data().empty()) {
    const ConstantData raw = FromRaw<uint16_t, int64_t>(tensor.raw_data(), count);
    if (raw.index() == 0) return {};
    for (int64_t bits : std::get<std::vector<int64_t>>(raw)) {
      values.push_back(convert(static_cast<uint16_t>(bits)));
    }
  } else {
    if (tensor.int32_data_size() != count) return {};
    for (int32_t bits : tensor.int32_data()) values.push_back(convert(static_cast<uint16_t>(bits)));
  }
  return values;
}

template <typename Stored>
ConstantData SmallInteger(const TensorProto& tensor, int64_t count) {
  return tensor.raw_data().empty() ? FromField<int64_t>(tensor.int32_data(), count)
                                   : FromRaw<Stored, int64_t>(tensor.raw_data(), count);
}

}  // namespace

std::optional<ElementType> ElementTypeOfNumber(int64_t data_type) {
  switch (data_type) {
    case TensorProto::FLOAT:
    case TensorProto::FLOAT16:
    case TensorProto::DOUBLE:
    case TensorProto::BFLOAT16:
    case 17:
    case 18:
    case 19:
    case 20:  // float8: E4M3FN, E4M3FNUZ, E5M2, E5M2FNUZ
    case 23:  // float4: E2M1
    case 24:  // float8: E8M0
      return ElementType::kFloat;
    case TensorProto::UINT8:
    case TensorProto::INT8:
    case TensorProto::UINT16:
    case TensorProto::INT16:
    case TensorProto::INT32:
    case TensorProto::INT64:
    case TensorProto::UINT32:
    case TensorProto::UINT64:
    case 21:
    case 22:  // uint4, int4
    case 25:
    case 26:  // uint2, int2
      return ElementType::kInteger;
    case TensorProto::BOOL:
      return ElementType::kBool;
    case TensorProto::STRING:
      return ElementType::kString;
    default:
      return std::nullopt;  // complex numbers among them
  }
}

bool IsWeightType(int64_t data_type) {
  switch (data_type) {
    case TensorProto::UINT16:
    case TensorProto::INT16:
    case TensorProto::INT32:
    case TensorProto::INT64:
    case TensorProto::UINT32:
    case TensorProto::UINT64:
    case TensorProto::BOOL:
    case TensorProto::STRING:
      return false;
    default:
      return true;
  }
}

namespace {

struct DataType {
  int64_t number;
  std::string_view name;
  int bits;
};

// Numbers of onnx.proto, ONNX 1.19.
constexpr DataType kDataTypes[] = {
    {1, "float32", 32},    {2, "uint8", 8},           {3, "int8", 8},
    {4, "uint16", 16},     {5, "int16", 16},          {6, "int32", 32},
    {7, "int64", 64},      {8, "string", 0},          {9, "bool", 8},
    {10, "float16", 16},   {11, "float64", 64},       {12, "uint32", 32},
    {13, "uint64", 64},    {14, "complex64", 64},     {15, "complex128", 128},
    {16, "bfloat16", 16},  {17, "float8e4m3fn", 8},   {18, "float8e4m3fnuz", 8},
    {19, "float8e5m2", 8}, {20, "float8e5m2fnuz", 8}, {21, "uint4", 4},
    {22, "int4", 4},       {23, "float4e2m1", 4},     {24, "float8e8m0", 8},
    {25, "uint2", 2},      {26, "int2", 2},
};

const DataType* FindDataType(int64_t number) {
  for (const DataType& type : kDataTypes) {
    if (type.number == number) return &type;
  }
  return nullptr;
}

}  // namespace

std::string_view DataTypeName(int64_t data_type) {
  const DataType* type = FindDataType(data_type);
  return type == nullptr ? "unknown" : type->name;
}

int DataTypeBits(int64_t data_type) {
  const DataType* type = FindDataType(data_type);
  return type == nullptr ? 0 : type->bits;
}

int QuantizedBits(int64_t data_type) {
  const int bits = DataTypeBits(data_type);
  return data_type != TensorProto::BOOL && bits <= 8 ? bits : 0;
}

ConstantData ReadTensorData(const TensorProto& tensor, int64_t count) {
  if (count == 0) {
    const auto type = ElementTypeOfNumber(tensor.data_type());
    if (type == ElementType::kFloat) return std::vector<double>();
    return std::vector<int64_t>();
  }
  const bool raw = !tensor.raw_data().empty();
  switch (tensor.data_type()) {
    case TensorProto::FLOAT:
      return raw ? FromRaw<float, double>(tensor.raw_data(), count)
                 : FromField<double>(tensor.float_data(), count);
    case TensorProto::DOUBLE:
      return raw ? FromRaw<double, double>(tensor.raw_data(), count)
                 : FromField<double>(tensor.double_data(), count);
    case TensorProto::FLOAT16:
      return SixteenBits(tensor, count, HalfToDouble);
    case TensorProto::BFLOAT16:
      return SixteenBits(tensor, count, BrainToDouble);
    case TensorProto::INT64:
      return raw ? FromRaw<int64_t, int64_t>(tensor.raw_data(), count)
                 : FromField<int64_t>(tensor.int64_data(), count);
    case TensorProto::UINT32:
      return raw ? FromRaw<uint32_t, int64_t>(tensor.raw_data(), count)
                 : FromField<int64_t>(tensor.uint64_data(), count);
    case TensorProto::UINT64:
      return raw ? FromRaw<int64_t, int64_t>(tensor.raw_data(), count)
                 : FromField<int64_t>(tensor.uint64_data(), count);
    case TensorProto::INT32:
      return SmallInteger<int32_t>(tensor, count);
    case TensorProto::INT16:
      return SmallInteger<int16_t>(tensor, count);
    case TensorProto::UINT16:
      return SmallInteger<uint16_t>(tensor, count);
    case TensorProto::INT8:
      return SmallInteger<int8_t>(tensor, count);
    case TensorProto::UINT8:
      return SmallInteger<uint8_t>(tensor, count);
    case TensorProto::BOOL:
      return SmallInteger<uint8_t>(tensor, count);
    default:
      return {};
  }
}

}  // namespace picost::graph::ops
