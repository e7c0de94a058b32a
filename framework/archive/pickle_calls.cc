// What PickleReader knows of Python: classes and functions by name.

#include <algorithm>
#include <iterator>
#include <utility>

#include "framework/archive/pickle_reader.h"
#include "framework/archive/printable.h"

namespace toque {
namespace {

using Kind = PickleValue::Kind;

struct KnownGlobal {
  std::string_view module;
  std::string_view name;
  PickleGlobal global;
};

constexpr KnownGlobal kKnown[] = {
    {"torch._utils", "_rebuild_tensor", PickleGlobal::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v2", PickleGlobal::kRebuildTensor},
    {"torch._utils", "_rebuild_tensor_v3", PickleGlobal::kRebuildTensorV3},
    {"torch._utils", "_rebuild_parameter", PickleGlobal::kRebuildParameter},
    {"torch._utils", "_rebuild_parameter_with_state",
     PickleGlobal::kRebuildParameter},
    {"torch._tensor", "_rebuild_from_type_v2", PickleGlobal::kRebuildFromType},
    {"torch.nn.parameter", "Parameter", PickleGlobal::kOther},
    {"torch", "Tensor", PickleGlobal::kOther},
    {"torch", "Size", PickleGlobal::kSize},
    {"torch", "device", PickleGlobal::kOther},
    {"torch", "UntypedStorage", PickleGlobal::kUntypedStorage},
    {"torch.storage", "UntypedStorage", PickleGlobal::kUntypedStorage},
    {"collections", "OrderedDict", PickleGlobal::kMapping},
    {"collections", "defaultdict", PickleGlobal::kMapping},
    {"collections", "Counter", PickleGlobal::kMapping},
    {"builtins", "dict", PickleGlobal::kMapping},
    {"builtins", "list", PickleGlobal::kSequence},
    {"builtins", "tuple", PickleGlobal::kSequence},
    {"builtins", "set", PickleGlobal::kSequence},
    {"builtins", "frozenset", PickleGlobal::kSequence},
    {"builtins", "int", PickleGlobal::kOther},
    {"builtins", "float", PickleGlobal::kOther},
    {"builtins", "complex", PickleGlobal::kOther},
    {"builtins", "bytearray", PickleGlobal::kOther},
    {"_codecs", "encode", PickleGlobal::kOther},
    {"numpy", "dtype", PickleGlobal::kOther},
    {"numpy.core.multiarray", "scalar", PickleGlobal::kOther},
    {"numpy._core.multiarray", "scalar", PickleGlobal::kOther},
};

struct NamedType {
  std::string_view storage;  // as torch's legacy class, if there is one
  std::string_view dtype;
  at::ScalarType type;
};

constexpr NamedType kTypes[] = {
    {"FloatStorage", "float32", at::kFloat},
    {"DoubleStorage", "float64", at::kDouble},
    {"HalfStorage", "float16", at::kHalf},
    {"BFloat16Storage", "bfloat16", at::kBFloat16},
    {"LongStorage", "int64", at::kLong},
    {"IntStorage", "int32", at::kInt},
    {"ShortStorage", "int16", at::kShort},
    {"CharStorage", "int8", at::kChar},
    {"ByteStorage", "uint8", at::kByte},
    {"BoolStorage", "bool", at::kBool},
    {"ComplexFloatStorage", "complex64", at::kComplexFloat},
    {"ComplexDoubleStorage", "complex128", at::kComplexDouble},
    {"", "complex32", at::kComplexHalf},
    {"", "uint16", at::kUInt16},
    {"", "uint32", at::kUInt32},
    {"", "uint64", at::kUInt64},
    {"", "float8_e4m3fn", at::kFloat8_e4m3fn},
    {"", "float8_e5m2", at::kFloat8_e5m2},
    {"", "float8_e4m3fnuz", at::kFloat8_e4m3fnuz},
    {"", "float8_e5m2fnuz", at::kFloat8_e5m2fnuz},
    {"", "float8_e8m0fnu", at::kFloat8_e8m0fnu},
};

absl::Status Malformed(std::string_view what) {
  return Broken(absl::StrCat("is no pickle of torch.save: ", View(what)));
}

// Null where the name is not one of them.
const KnownGlobal* Find(std::string_view module, std::string_view name) {
  if (module == "__builtin__") module = "builtins";  // of Python 2
  const auto found = std::find_if(
      std::begin(kKnown), std::end(kKnown), [&](const KnownGlobal& known) {
        return known.module == module && known.name == name;
      });
  return found == std::end(kKnown) ? nullptr : found;
}

// Whether torch calls an element type so: qint8, uint4, float4_e2m1fn_x2.
bool NamesAType(std::string_view name) {
  constexpr std::string_view kKinds[] = {"float", "int",   "uint", "complex",
                                         "qint",  "quint", "bits"};
  const size_t digits = name.find_first_of("0123456789");
  return digits != name.npos &&
         std::ranges::count(kKinds, name.substr(0, digits)) != 0;
}

absl::Status Refused(std::string_view module, std::string_view name) {
  if (module == "torch" && NamesAType(name)) {
    return Invalid("a tensor must be of a type that this program reads",
                   Printable(name));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "must hold tensors and containers alone, got \"", Printable(module), ".",
      Printable(name),
      "\"; nothing in it was executed. Of a whole model save the tensors: "
      "torch.save(model.state_dict(), path)"));
}

// Whether {"conj": True} or {"neg": True} stand beside a tensor: its values are
// not those in the storage.
bool HasLazyValues(const PickleValue& metadata) {
  const auto& items = metadata.items;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const bool named = items[i]->text == "conj" || items[i]->text == "neg";
    if (named && items[i + 1]->integer != 0) return true;
  }
  return false;
}

bool IsNumber(const PickleValue* value) { return value->Is(Kind::kInteger); }

bool AreNumbers(const PickleValue* value) {
  return value->Is(Kind::kSequence) &&
         std::all_of(value->items.begin(), value->items.end(), IsNumber);
}

}  // namespace

absl::Status PickleReader::PushGlobal(std::string_view module,
                                      std::string_view name) {
  PickleGlobal global = PickleGlobal::kNone;
  at::ScalarType type = at::ScalarType::Undefined;
  if (const KnownGlobal* known = Find(module, name)) global = known->global;
  if (module == "torch" && !name.empty()) {
    for (const NamedType& known : kTypes) {
      if (name != known.storage && name != known.dtype) continue;
      type = known.type;
      global = name == known.dtype ? PickleGlobal::kDtype
                                   : PickleGlobal::kStorageType;
    }
  }
  if (global == PickleGlobal::kNone) return Refused(module, name);
  RETURN_IF_ERROR(Push(Kind::kGlobal));
  stack_.back()->global = global;
  stack_.back()->type = type;
  return absl::OkStatus();
}

// ("storage", class, key, device, elements[, (key, offset, elements)])
absl::Status PickleReader::PushStorage() {
  ASSIGN_OR_RETURN(const Value* id, Pop());
  const auto& items = id->items;
  if (id->Is(Kind::kSequence) && !items.empty() && items[0]->text == "module") {
    return Refused("persistent", "module");
  }
  if (!id->Is(Kind::kSequence) || items.size() < 5 || items.size() > 6 ||
      items[0]->text != "storage" || !items[1]->Is(Kind::kGlobal) ||
      !items[2]->Is(Kind::kText) || !IsNumber(items[4])) {
    return Malformed("a storage must have a class, a key and a size");
  }
  const bool typed = items[1]->global == PickleGlobal::kStorageType;
  if (!typed && items[1]->global != PickleGlobal::kUntypedStorage) {
    return Malformed("a storage must have the class of one");
  }
  RETURN_IF_ERROR(Push(Kind::kStorage));
  Value* storage = stack_.back();
  storage->type = items[1]->type;
  storage->text = items[2]->text;
  storage->integer = items[4]->integer;
  if (items.size() == 6 && !items[5]->Is(Kind::kNone)) {
    const auto& view = items[5]->items;
    if (view.size() != 3 || !IsNumber(view[1]) || !IsNumber(view[2])) {
      return Malformed("a storage's view must have an offset and a size");
    }
    storage->items = {view[1], view[2]};
  }
  const auto [known, added] = storages_.emplace(storage->text, storage);
  if (added || known->second->type == storage->type) return absl::OkStatus();
  return Malformed("a storage must have one type");
}

absl::Status PickleReader::Call() {
  ASSIGN_OR_RETURN(const Value* arguments, Pop());
  ASSIGN_OR_RETURN(const Value* function, Pop());
  if (!arguments->Is(Kind::kSequence)) {
    return Malformed("arguments must be a tuple");
  }
  ASSIGN_OR_RETURN(Value * result, Called(*function, *arguments));
  return PushValue(result);
}

absl::StatusOr<PickleValue*> PickleReader::Called(const Value& function,
                                                  const Value& arguments) {
  const auto& items = arguments.items;
  switch (function.global) {
    case PickleGlobal::kRebuildTensor:
      return Tensor(arguments, /*with_type=*/false);
    case PickleGlobal::kRebuildTensorV3:
      return Tensor(arguments, /*with_type=*/true);
    case PickleGlobal::kRebuildParameter: {
      if (items.empty() || !items[0]->Is(Kind::kTensor)) {
        return Malformed("a parameter must have a tensor");
      }
      ASSIGN_OR_RETURN(Value * copy, Make(Kind::kTensor));
      *copy = *items[0];
      return copy;
    }
    case PickleGlobal::kRebuildFromType:
      if (items.size() < 3 || items[0]->global == function.global ||
          !items[2]->Is(Kind::kSequence)) {
        return Malformed("a tensor of a class must have a way to make it");
      }
      return Called(*items[0], *items[2]);
    case PickleGlobal::kMapping:
      return Mapping(arguments);
    case PickleGlobal::kSequence:
    case PickleGlobal::kSize:
      return Sequence(arguments);
    case PickleGlobal::kOther:
      return Make(Kind::kOther);
    default:
      return Malformed("it calls what can't be called");
  }
}

// (storage, offset, sizes, strides, requires_grad, hooks[, dtype][, metadata])
absl::StatusOr<PickleValue*> PickleReader::Tensor(const Value& arguments,
                                                  bool with_type) {
  const auto& items = arguments.items;
  if (items.size() < (with_type ? 7u : 4u) || !items[0]->Is(Kind::kStorage) ||
      !IsNumber(items[1]) || !AreNumbers(items[2]) || !AreNumbers(items[3]) ||
      items[2]->items.size() != items[3]->items.size()) {
    return Malformed("a tensor must have a storage, an offset and a shape");
  }
  const at::ScalarType type = with_type ? items[6]->type : items[0]->type;
  if (type == at::ScalarType::Undefined) {
    return Malformed("a tensor must have a type");
  }
  const size_t metadata = with_type ? 7 : 6;
  if (items.size() > metadata && HasLazyValues(*items[metadata])) {
    return Invalid(
        "a tensor must hold its values as they are: save "
        "t.resolve_conj().resolve_neg()");
  }
  ASSIGN_OR_RETURN(Value * tensor, Make(Kind::kTensor));
  tensor->items.assign(items.begin(), items.begin() + 4);
  tensor->type = type;
  return tensor;
}

// Empty, or of a dict or a list of pairs; a factory of values is passed over.
absl::StatusOr<PickleValue*> PickleReader::Mapping(const Value& arguments) {
  ASSIGN_OR_RETURN(Value * dict, Make(Kind::kDict));
  for (const Value* argument : arguments.items) {
    if (argument->Is(Kind::kDict)) RETURN_IF_ERROR(CopyItems(*argument, dict));
    if (!argument->Is(Kind::kSequence)) continue;
    for (const Value* pair : argument->items) {
      if (!pair->Is(Kind::kSequence) || pair->items.size() != 2) {
        return Malformed("a dict must be made of pairs");
      }
      RETURN_IF_ERROR(CopyItems(*pair, dict));
    }
  }
  return dict;
}

absl::StatusOr<PickleValue*> PickleReader::Sequence(const Value& arguments) {
  ASSIGN_OR_RETURN(Value * sequence, Make(Kind::kSequence));
  if (!arguments.items.empty()) {
    RETURN_IF_ERROR(CopyItems(*arguments.items[0], sequence));
  }
  return sequence;
}

// Attributes that are set on an object: of a state dict its versions, of a
// tensor what Python added to it. None is a tensor of the model.
absl::Status PickleReader::Build() {
  RETURN_IF_ERROR(Pop().status());
  ASSIGN_OR_RETURN(const Value* object, Top());
  const bool known = object->Is(Kind::kDict) || object->Is(Kind::kTensor) ||
                     object->Is(Kind::kOther);
  return known ? absl::OkStatus()
               : Malformed("it sets attributes of what has none");
}

}  // namespace toque
