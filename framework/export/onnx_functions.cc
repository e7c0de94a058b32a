#include <cmath>

#include "framework/export/onnx_writer.h"

namespace toque {
namespace {

// One input, and the same operator in ONNX.
template <const char* kType>
absl::Status Plain(OnnxWriter& w) {
  return w.Result(kType, {w.Tensor("self")});
}
constexpr char kAbs[] = "Abs", kExp[] = "Exp", kHardSwish[] = "HardSwish",
               kIdentity[] = "Identity", kLog[] = "Log", kNeg[] = "Neg",
               kRelu[] = "Relu", kSigmoid[] = "Sigmoid", kSign[] = "Sign",
               kSqrt[] = "Sqrt", kTanh[] = "Tanh";

absl::Status Dropout(OnnxWriter& w) {
  return w.Result("Identity", {w.Tensor("input")});
}

// Two inputs, of which the second may be a number; add and sub may scale it.
template <const char* kType>
absl::Status Pair(OnnxWriter& w) {
  if (w.Has("rounding_mode")) return Invalid("must not round");
  std::string other = w.Operand("other");
  if (w.Has("alpha") && w.Double("alpha") != 1) {
    other = w.Node("Mul", {other, w.Number(w.Double("alpha"))});
  }
  return w.Result(kType, {w.Tensor("self"), other});
}
constexpr char kAdd[] = "Add", kDiv[] = "Div", kMul[] = "Mul", kSub[] = "Sub";

absl::Status Power(OnnxWriter& w) {
  return w.Result("Pow", {w.Tensor("self"), w.Operand("exponent")});
}

absl::Status MatMul(OnnxWriter& w) {
  const char* const second = w.Has("mat2") ? "mat2" : "other";
  return w.Result("MatMul", {w.Tensor("self"), w.Tensor(second)});
}

absl::Status Silu(OnnxWriter& w) {
  const std::string x = w.Tensor("self");
  return w.Result("Mul", {x, w.Node("Sigmoid", {x})});
}

absl::Status HardSigmoid(OnnxWriter& w) {
  return w.Result("HardSigmoid", {w.Tensor("self")},
                  {{"alpha", 1.0 / 6}, {"beta", 0.5}});
}

absl::Status LeakyRelu(OnnxWriter& w) {
  return w.Result("LeakyRelu", {w.Tensor("self")},
                  {{"alpha", w.Double("negative_slope")}});
}

// x P(X < x) of the normal distribution, without the approximation by tanh.
absl::Status Gelu(OnnxWriter& w) {
  const Argument* kind = Find(w.operation(), "approximate");
  if (kind != nullptr && std::get<std::string>(kind->value) != "none") {
    return Invalid("approximate must be none",
                   std::get<std::string>(kind->value));
  }
  const std::string x = w.Tensor("self");
  const std::string scaled = w.Node("Mul", {x, w.Number(std::sqrt(0.5))});
  const std::string error = w.Node("Erf", {scaled});
  const std::string twice = w.Node("Add", {error, w.Number(1)});
  return w.Result("Mul", {w.Node("Mul", {x, twice}), w.Number(0.5)});
}

absl::Status Relu6(OnnxWriter& w) {
  return w.Result("Clip", {w.Tensor("self"), w.Number(0), w.Number(6)});
}

// hardtanh, clamp and clamp_min name their bounds differently.
absl::Status Clip(OnnxWriter& w) {
  std::vector<std::string> inputs = {w.Tensor("self"), "", ""};
  for (const char* name : {"min_val", "min"}) {
    if (w.Has(name)) inputs[1] = w.Number(w.Double(name));
  }
  for (const char* name : {"max_val", "max"}) {
    if (w.Has(name)) inputs[2] = w.Number(w.Double(name));
  }
  if (inputs[2].empty()) inputs.pop_back();
  return w.Result("Clip", inputs);
}

absl::Status KeepsType(const OnnxWriter& w) {
  if (!w.Has("dtype")) return absl::OkStatus();
  return Invalid("must be given no dtype");
}

template <const char* kType>
absl::Status AlongOne(OnnxWriter& w) {
  RETURN_IF_ERROR(KeepsType(w));
  return w.Result(kType, {w.Tensor("self")}, {{"axis", w.Int("dim")}});
}
constexpr char kSoftmax[] = "Softmax", kLogSoftmax[] = "LogSoftmax";

absl::Status Mean(OnnxWriter& w) {
  RETURN_IF_ERROR(KeepsType(w));
  OnnxWriter::Attributes attributes = {{"keepdims", int64_t{0}}};
  if (w.Has("dim")) {
    attributes = {{"axes", w.Ints("dim")},
                  {"keepdims", int64_t{w.Bool("keepdim")}}};
  }
  return w.Result("ReduceMean", {w.Tensor("self")}, attributes);
}

absl::Status Sum(OnnxWriter& w) {
  RETURN_IF_ERROR(KeepsType(w));
  if (!w.Has("dim")) {
    return w.Result("ReduceSum", {w.Tensor("self")},
                    {{"keepdims", int64_t{0}}});
  }
  return w.Result("ReduceSum", {w.Tensor("self"), w.Integers(w.Ints("dim"))},
                  {{"keepdims", int64_t{w.Bool("keepdim")}}});
}

absl::Status Norm(OnnxWriter& w) {
  if (!w.Has("p") || w.Double("p") != 2 || !w.Has("dim")) {
    return Invalid("must be of p = 2 along given dimensions");
  }
  return w.Result(
      "ReduceL2", {w.Tensor("self")},
      {{"axes", w.Ints("dim")}, {"keepdims", int64_t{w.Bool("keepdim")}}});
}

}  // namespace

const OnnxOperations& OnnxFunctions() {
  static const auto* const operations =
      new OnnxOperations({{"abs", Plain<kAbs>},
                          {"add", Pair<kAdd>},
                          {"alias", Plain<kIdentity>},
                          {"bmm", MatMul},
                          {"clamp", Clip},
                          {"clamp_min", Clip},
                          {"clone", Plain<kIdentity>},
                          {"contiguous", Plain<kIdentity>},
                          {"detach", Plain<kIdentity>},
                          {"div", Pair<kDiv>},
                          {"dropout", Dropout},
                          {"exp", Plain<kExp>},
                          {"gelu", Gelu},
                          {"hardsigmoid", HardSigmoid},
                          {"hardswish", Plain<kHardSwish>},
                          {"hardtanh", Clip},
                          {"leaky_relu", LeakyRelu},
                          {"log", Plain<kLog>},
                          {"log_softmax", AlongOne<kLogSoftmax>},
                          {"matmul", MatMul},
                          {"mean", Mean},
                          {"mul", Pair<kMul>},
                          {"neg", Plain<kNeg>},
                          {"norm", Norm},
                          {"pow", Power},
                          {"relu", Plain<kRelu>},
                          {"relu6", Relu6},
                          {"sigmoid", Plain<kSigmoid>},
                          {"sign", Plain<kSign>},
                          {"silu", Silu},
                          {"softmax", AlongOne<kSoftmax>},
                          {"sqrt", Plain<kSqrt>},
                          {"sub", Pair<kSub>},
                          {"sum", Sum},
                          {"tanh", Plain<kTanh>}});
  return *operations;
}

}  // namespace toque
