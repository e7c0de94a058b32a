#include "framework/weights/state_dict.h"

#include <algorithm>
#include <unordered_set>

#include "absl/strings/str_join.h"
#include "framework/archive/printable.h"

namespace toque {
namespace {

using Kind = PickleValue::Kind;

constexpr int kMaxDepth = 64;
constexpr size_t kMaxVisits = 2'000'000;
constexpr size_t kMaxText = 1000;  // of a name, and of a text of metadata
constexpr size_t kMaxTexts = 64'000'000;

// Empty where the value is no key.
std::string KeyText(const PickleValue& key) {
  if (key.Is(Kind::kText)) return std::string(key.text);
  if (key.Is(Kind::kInteger)) return absl::StrCat(key.integer);
  return "";
}

// Null where there is none.
const PickleValue* Entry(const PickleValue& dict, std::string_view key) {
  const PickleValue* found = nullptr;
  if (!dict.Is(Kind::kDict)) return found;
  for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    if (KeyText(*dict.items[i]) == key) found = dict.items[i + 1];
  }
  return found;
}

void AddMetadata(std::string_view name, const PickleValue& value,
                 Metadata* metadata) {
  std::string text;
  switch (value.kind) {
    case Kind::kBool:
      text = value.integer != 0 ? "true" : "false";
      break;
    case Kind::kInteger:
      text = absl::StrCat(value.integer);
      break;
    case Kind::kFloat:
      text = absl::StrCat(value.number);
      break;
    case Kind::kText:
      text = std::string(value.text);
      break;
    default:
      return;
  }
  if (text.size() <= kMaxText) metadata->emplace(name, std::move(text));
}

// Tensors by their paths.
class Flattening {
 public:
  explicit Flattening(StateDict* result) : result_(*result) {}

  absl::Status Add(const std::string& path, const PickleValue& value,
                   int depth) {
    if (++visits_ > kMaxVisits || depth > kMaxDepth) {
      return Invalid(
          "containers must be nested at most 64 deep and hold at "
          "most 2000000 values");
    }
    texts_ += path.size() + std::min(value.text.size(), kMaxText);
    if (path.size() > kMaxText || texts_ > kMaxTexts) {
      return Invalid(
          "names must have at most 1000 characters, and 64 MB together with "
          "texts");
    }
    if (value.Is(Kind::kTensor)) return AddTensor(path, value);
    if (value.Is(Kind::kDict)) {
      for (size_t i = 0; i + 1 < value.items.size(); i += 2) {
        RETURN_IF_ERROR(Add(Joined(path, KeyText(*value.items[i])),
                            *value.items[i + 1], depth + 1));
      }
    } else if (value.Is(Kind::kSequence)) {
      for (size_t i = 0; i < value.items.size(); ++i) {
        RETURN_IF_ERROR(
            Add(Joined(path, absl::StrCat(i)), *value.items[i], depth + 1));
      }
    } else {
      AddMetadata(path, value, &result_.metadata);
    }
    return absl::OkStatus();
  }

 private:
  static std::string Joined(const std::string& path, const std::string& key) {
    return path.empty() ? key : absl::StrCat(path, ".", key);
  }

  absl::Status AddTensor(const std::string& path, const PickleValue& tensor) {
    const std::string name = path.empty() ? "tensor" : path;
    if (!names_.insert(name).second) {
      return Invalid("names of tensors must be different", Printable(name));
    }
    result_.tensors.emplace_back(name, &tensor);
    return absl::OkStatus();
  }

  StateDict& result_;
  size_t visits_ = 0;
  size_t texts_ = 0;  // characters
  std::unordered_set<std::string> names_;
};

// The entry of a path whose keys may have dots in themselves.
const PickleValue* Find(const PickleValue& value, std::string_view path,
                        int depth) {
  if (const PickleValue* entry = Entry(value, path)) return entry;
  for (size_t dot = path.find('.'); dot != path.npos && depth < kMaxDepth;
       dot = path.find('.', dot + 1)) {
    const PickleValue* entry = Entry(value, path.substr(0, dot));
    if (entry == nullptr) continue;
    if (const auto* found = Find(*entry, path.substr(dot + 1), depth + 1)) {
      return found;
    }
  }
  return nullptr;
}

absl::Status NoSuchKey(const PickleValue& root, std::string_view key) {
  constexpr size_t kSome = 10;
  std::vector<std::string> keys;
  for (size_t i = 0; root.Is(Kind::kDict) && i + 1 < root.items.size();
       i += 2) {
    if (keys.size() < kSome) keys.push_back(Printable(KeyText(*root.items[i])));
  }
  return Invalid(absl::StrCat("key must be one of the file's (there are ",
                              absl::StrJoin(keys, ", "), ")"),
                 Printable(key));
}

// The model in a checkpoint. What stands beside it goes into `metadata`.
const PickleValue* FindModel(const PickleValue& root, Metadata* metadata) {
  const PickleValue* model = &root;
  for (int depth = 0; depth < kMaxDepth; ++depth) {
    const PickleValue* inner = nullptr;
    for (const char* key : {"state_dict", "model_state_dict", "model"}) {
      const PickleValue* entry = Entry(*model, key);
      const bool takes = inner == nullptr && entry != nullptr;
      if (takes && entry->Is(Kind::kDict)) inner = entry;
    }
    if (inner == nullptr) break;
    for (size_t i = 0; i + 1 < model->items.size(); i += 2) {
      AddMetadata(KeyText(*model->items[i]), *model->items[i + 1], metadata);
    }
    model = inner;
  }
  return model;
}

}  // namespace

absl::StatusOr<StateDict> FindStateDict(const PickleValue& root,
                                        std::string_view key) {
  StateDict result;
  const PickleValue* part = &root;
  if (key.empty()) {
    part = FindModel(root, &result.metadata);
  } else if (key != ".") {
    part = Find(root, key, 0);
    if (part == nullptr) return NoSuchKey(root, key);
  }
  RETURN_IF_ERROR(Flattening(&result).Add("", *part, 0));
  if (result.tensors.empty()) return Invalid("must hold a tensor");
  return result;
}

}  // namespace toque
