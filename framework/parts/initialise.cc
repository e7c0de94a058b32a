#include "framework/parts/initialise.h"

#include <cmath>
#include <regex>
#include <unordered_set>

#include "ATen/CPUGeneratorImpl.h"
#include "ATen/OpMathType.h"
#include "ATen/ops/empty.h"
#include "ATen/ops/linalg_qr.h"
#include "absl/strings/str_join.h"
#include "framework/core/model.h"
#include "framework/core/rng.h"
#include "framework/tensors/describe.h"
#include "framework/weights/safetensors.h"

namespace toque {
namespace {

// A parameter, and the kind of layer it belongs to.
struct Parameter {
  std::string name;
  at::Tensor tensor;
  Block::Kind layer;

  // "fc.bias [10]"
  std::string Text() const {
    return absl::StrCat(name, " ", ShapeText(tensor.sizes()));
  }
  bool IsBias() const { return name.ends_with("bias"); }
};

// In the order of the model's parameters.
std::vector<Parameter> ParametersOf(const Model& model) {
  std::vector<Parameter> parameters;
  std::unordered_set<const c10::TensorImpl*> seen;
  for (const auto& part : model.named_modules()) {
    const auto* block = dynamic_cast<const Block*>(part.value().get());
    const std::string prefix = part.key().empty() ? "" : part.key() + ".";
    for (const auto& own : part.value()->named_parameters(/*recurse=*/false)) {
      if (!seen.insert(own.value().unsafeGetTensorImpl()).second) continue;
      parameters.push_back({prefix + own.key(), own.value(),
                            block ? block->kind() : Block::Kind::kOther});
    }
  }
  return parameters;
}

// Starts parameters by one entry of `init`.
class Starter {
 public:
  Starter(const Init& init, at::Tensor given, uint64_t seed)
      : init_(init),
        given_(std::move(given)),
        generator_(at::make_generator<at::CPUGeneratorImpl>(seed)) {}

  absl::Status Start(const Parameter& parameter) {
    const at::NoGradGuard no_grad;
    switch (init_.method()) {
      case Init::BY_LAYER:
        return ByLayer(parameter);
      case Init::NORMAL:
        return Normal(parameter, init_.gain());
      case Init::UNIFORM:
        return Uniform(parameter, init_.gain());
      case Init::CONSTANT:
        return Constant(parameter, init_.value());
      case Init::TENSOR:
        return Given(parameter);
      default:
        return WithFans(parameter, init_.method());
    }
  }

 private:
  absl::Status ByLayer(const Parameter& parameter) {
    using Kind = Block::Kind;
    if (parameter.layer == Kind::kOther) return absl::OkStatus();
    if (parameter.IsBias()) return Constant(parameter, 0);
    if (parameter.layer == Kind::kNorm) return Constant(parameter, 1);
    return WithFans(parameter, parameter.layer == Kind::kConvolution
                                   ? Init::HE_NORMAL
                                   : Init::XAVIER_NORMAL);
  }

  absl::Status WithFans(const Parameter& parameter, Init::Method method) {
    if (parameter.tensor.dim() < 2) {
      return Invalid(absl::StrCat(Init::Method_Name(method),
                                  " needs parameters of at least 2 dimensions"),
                     parameter.Text());
    }
    if (method == Init::ORTHOGONAL) return Orthogonal(parameter);
    const auto elements = static_cast<double>(parameter.tensor.numel());
    const double in = elements / static_cast<double>(parameter.tensor.size(0));
    const double out = elements / static_cast<double>(parameter.tensor.size(1));
    const bool he = method == Init::HE_NORMAL || method == Init::HE_UNIFORM;
    const double he_fan = init_.fan() == Init::IN ? in : out;
    const double variance = he ? 2 / he_fan : 2 / (in + out);
    const double deviation = init_.gain() * std::sqrt(variance);
    if (method == Init::HE_NORMAL || method == Init::XAVIER_NORMAL) {
      return Normal(parameter, deviation);
    }
    return Uniform(parameter, std::sqrt(3.0) * deviation);
  }

  // Rows, or columns where they are fewer, of length `gain` at right angles to
  // each other (Saxe et al., 2014).
  absl::Status Orthogonal(const Parameter& parameter) {
    const at::Tensor rows =
        Memory(parameter).normal_(0, 1, generator_).flatten(1);
    const bool wide = rows.size(0) < rows.size(1);
    const auto [q, r] = at::linalg_qr(wide ? rows.t() : rows);
    // The signs make each such matrix equally likely.
    const at::Tensor unit = q.mul(r.diagonal().sign());
    return Set(parameter, (wide ? unit.t() : unit).mul(init_.gain()));
  }

  absl::Status Normal(const Parameter& parameter, double deviation) {
    return Set(parameter, Memory(parameter).normal_(0, deviation, generator_));
  }

  absl::Status Uniform(const Parameter& parameter, double bound) {
    return Set(parameter,
               Memory(parameter).uniform_(-bound, bound, generator_));
  }

  static absl::Status Constant(const Parameter& parameter, double value) {
    parameter.tensor.fill_(value);
    return absl::OkStatus();
  }

  absl::Status Given(const Parameter& parameter) const {
    if (given_.sizes() != parameter.tensor.sizes()) {
      return Invalid(
          absl::StrCat("tensor must have the shape of ", parameter.Text()),
          ShapeText(given_.sizes()));
    }
    return Set(parameter, given_);
  }

  // On the CPU, so that draws don't depend on the device.
  static at::Tensor Memory(const Parameter& parameter) {
    return at::empty(parameter.tensor.sizes(),
                     at::toOpMathType(parameter.tensor.scalar_type()));
  }

  static absl::Status Set(const Parameter& parameter, const at::Tensor& value) {
    parameter.tensor.copy_(value.reshape(parameter.tensor.sizes()));
    return absl::OkStatus();
  }

  const Init& init_;
  const at::Tensor given_;  // of TENSOR
  at::Generator generator_;
};

absl::StatusOr<at::Tensor> ReadTensor(const Init& init,
                                      const Context& context) {
  if (init.method() != Init::TENSOR) return at::Tensor();
  const std::string path = context.DataPath(init.file());
  ASSIGN_OR_RETURN(const Safetensors file, ReadSafetensors(path));
  const auto tensor = file.state.Get(init.tensor());
  if (!tensor.ok()) return AtPlace(tensor.status(), path);
  return tensor;
}

absl::Status MatchedNothing(const Init& init,
                            const std::vector<Parameter>& parameters) {
  constexpr size_t kSome = 8;
  std::vector<std::string> names;
  for (size_t i = 0; i < parameters.size() && i < kSome; ++i) {
    names.push_back(parameters[i].name);
  }
  if (parameters.size() > kSome) names.push_back("...");
  return Invalid(absl::StrCat("match must match a parameter (there are ",
                              absl::StrJoin(names, ", "), ")"),
                 init.match());
}

absl::Status Carry(const Init& init, const Context& context, uint64_t seed,
                   const std::vector<Parameter>& parameters) {
  ASSIGN_OR_RETURN(at::Tensor given, ReadTensor(init, context));
  Starter starter(init, std::move(given), seed);
  const std::regex pattern(init.match());
  bool matched = false;
  for (const Parameter& parameter : parameters) {
    if (!std::regex_search(parameter.name, pattern)) continue;
    matched = true;
    RETURN_IF_ERROR(starter.Start(parameter));
  }
  return matched ? absl::OkStatus() : MatchedNothing(init, parameters);
}

absl::Status Check(const Init& init) {
  try {
    const std::regex pattern(init.match());
  } catch (const std::regex_error&) {
    return Invalid("match must be a regular expression", init.match());
  }
  if (!(std::isfinite(init.gain()) && init.gain() >= 0)) {
    return Invalid("gain must be finite and at least 0", init.gain());
  }
  if (!std::isfinite(init.value())) {
    return Invalid("value must be finite", init.value());
  }
  if (init.method() == Init::TENSOR &&
      (init.file().empty() || init.tensor().empty())) {
    return Invalid("file and tensor must be given for TENSOR");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInit(const Experiment& experiment) {
  std::vector<absl::Status> faults;
  for (int i = 0; i < experiment.init_size(); ++i) {
    faults.push_back(
        AtPlace(Check(experiment.init(i)), absl::StrCat("init[", i, "]")));
  }
  return Together(faults);
}

absl::Status Initialise(const Experiment& experiment, const Context& context,
                        Model& model) {
  RETURN_IF_ERROR(CheckInit(experiment));
  const std::vector<Parameter> parameters = ParametersOf(model);
  for (int i = 0; i < experiment.init_size(); ++i) {
    Rng rng(experiment.seed(), 0, static_cast<uint64_t>(i),
            static_cast<uint64_t>(Stream::kInit));
    RETURN_IF_ERROR(
        AtPlace(Carry(experiment.init(i), context, rng.Next(), parameters),
                absl::StrCat("init[", i, "]")));
  }
  return absl::OkStatus();
}

}  // namespace toque
