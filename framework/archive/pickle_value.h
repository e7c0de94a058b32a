// What a pickle holds, as data.

#ifndef TOQUE_FRAMEWORK_ARCHIVE_PICKLE_VALUE_H_
#define TOQUE_FRAMEWORK_ARCHIVE_PICKLE_VALUE_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "c10/core/ScalarType.h"

namespace toque {

// The functions and classes of Python that a pickle may name.
enum class PickleGlobal : uint8_t {
  kNone,
  kRebuildTensor,     // torch._utils: (storage, offset, sizes, strides, ...)
  kRebuildTensorV3,   // the same with a dtype
  kRebuildParameter,  // (tensor, ...)
  kRebuildFromType,   // torch._tensor: (function, type, arguments, state)
  kMapping,           // collections.OrderedDict and its like
  kSequence,          // builtins.list and its like: (items)
  kSize,              // torch.Size: (items)
  kStorageType,       // torch.FloatStorage and its like
  kUntypedStorage,    // a storage that counts bytes
  kDtype,             // torch.float32 and its like
  kOther,             // harmless, and no tensor: torch.device
};

struct PickleValue {
  enum class Kind : uint8_t {
    kNone,
    kBool,      // integer
    kInteger,   // integer
    kFloat,     // number
    kText,      // text
    kBytes,     // text
    kSequence,  // items: a list, tuple or set
    kDict,      // items: key, value, key, value ...
    kGlobal,    // global, type
    kStorage,   // text: its key; integer: elements; type; items: of a view of
                // another storage, its offset and size, in elements
    kTensor,    // items: storage, offset, sizes, strides; type
    kOther,     // what is neither tensor nor container
  };

  Kind kind = Kind::kNone;
  PickleGlobal global = PickleGlobal::kNone;
  // Of a storage: undefined where it counts bytes.
  at::ScalarType type = at::ScalarType::Undefined;
  union {
    int64_t integer = 0;
    double number;
  };
  std::string_view text;
  std::vector<const PickleValue*> items;

  bool Is(Kind other) const { return kind == other; }
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_ARCHIVE_PICKLE_VALUE_H_
