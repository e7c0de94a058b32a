// The bytes and the stack of PickleReader.

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "framework/archive/little_endian.h"
#include "framework/archive/pickle_reader.h"

namespace toque {
namespace {

constexpr size_t kMaxBytes = 64 << 20;
constexpr size_t kMaxValues = 2'000'000;

absl::Status TooMany() {
  return Invalid(
      absl::StrCat("a pickle must have at most ", kMaxValues, " values"));
}

absl::Status CutOff() { return Broken("is cut off in the middle of a pickle"); }

absl::Status Empty() {
  return Broken("is no pickle: it takes from an empty stack");
}

}  // namespace

absl::StatusOr<std::string_view> PickleReader::Take(uint64_t size) {
  if (size > bytes_.size() - position_) return CutOff();
  if (size > kMaxBytes - std::min(kMaxBytes, position_)) {
    return Invalid("a pickle must have at most 64 MB");
  }
  const std::string_view taken = bytes_.substr(position_, size);
  position_ += size;
  return taken;
}

absl::StatusOr<std::string_view> PickleReader::Line() {
  const std::string_view rest = bytes_.substr(position_, kMaxBytes);
  const size_t end = rest.find('\n');
  if (end == rest.npos) return CutOff();
  ASSIGN_OR_RETURN(const std::string_view line, Take(end + 1));
  return line.substr(0, end);
}

absl::StatusOr<uint64_t> PickleReader::Number(size_t size) {
  ASSIGN_OR_RETURN(const std::string_view bytes, Take(size));
  return LittleEndian(bytes, 0, size);
}

absl::StatusOr<std::string_view> PickleReader::Sized(size_t size_bytes) {
  ASSIGN_OR_RETURN(const uint64_t size, Number(size_bytes));
  return Take(size);
}

absl::StatusOr<PickleValue*> PickleReader::Make(Kind kind) {
  if (values_.size() == kMaxValues) return TooMany();
  values_.emplace_back().kind = kind;
  return &values_.back();
}

absl::Status PickleReader::PushValue(Value* value) {
  if (stack_.size() == kMaxValues) return TooMany();
  stack_.push_back(value);
  return absl::OkStatus();
}

absl::Status PickleReader::Push(Kind kind) {
  ASSIGN_OR_RETURN(Value * value, Make(kind));
  return PushValue(value);
}

absl::Status PickleReader::PushMark() {
  if (marks_.size() == kMaxValues) return TooMany();
  marks_.push_back(stack_.size());
  return absl::OkStatus();
}

// The same items may be copied again and again: that is bounded, too.
absl::Status PickleReader::CopyItems(const Value& from, Value* to) {
  copied_ += from.items.size();
  if (copied_ > kMaxValues) return TooMany();
  to->items.insert(to->items.end(), from.items.begin(), from.items.end());
  return absl::OkStatus();
}

absl::Status PickleReader::PushInteger(int64_t integer) {
  RETURN_IF_ERROR(Push(Kind::kInteger));
  stack_.back()->integer = integer;
  return absl::OkStatus();
}

absl::Status PickleReader::PushText(Kind kind,
                                    absl::StatusOr<std::string_view> text) {
  RETURN_IF_ERROR(text.status());
  RETURN_IF_ERROR(Push(kind));
  stack_.back()->text = *text;
  return absl::OkStatus();
}

// 'text', in quotes; escapes stay as they are.
absl::Status PickleReader::PushQuoted() {
  ASSIGN_OR_RETURN(std::string_view line, Line());
  if (line.size() < 2 || line.front() != line.back() ||
      (line.front() != '\'' && line.front() != '"')) {
    return Broken("is no pickle: a text must stand in quotes");
  }
  return PushText(Kind::kText, line.substr(1, line.size() - 2));
}

// Protocol 0: a number, or 00 and 01 for the truth values.
absl::Status PickleReader::PushDecimal() {
  ASSIGN_OR_RETURN(std::string_view line, Line());
  if (line == "00" || line == "01") {
    RETURN_IF_ERROR(Push(Kind::kBool));
    stack_.back()->integer = line == "01";
    return absl::OkStatus();
  }
  if (line.ends_with('L')) line.remove_suffix(1);
  int64_t value = 0;
  if (absl::SimpleAtoi(View(line), &value)) return PushInteger(value);
  return Broken("is no pickle: a number must have digits and fit 64 bits");
}

// Two's complement. What doesn't fit 64 bits is kept as bytes.
absl::Status PickleReader::PushLong(absl::StatusOr<std::string_view> digits) {
  RETURN_IF_ERROR(digits.status());
  if (digits->size() > 8) return PushText(Kind::kBytes, digits);
  uint64_t value = LittleEndian(*digits, 0, digits->size());
  const bool negative = !digits->empty() && (digits->back() & 0x80) != 0;
  if (negative && digits->size() < 8) {
    value |= ~uint64_t{0} << (8 * digits->size());
  }
  return PushInteger(static_cast<int64_t>(value));
}

absl::Status PickleReader::PushFloat(std::string_view line) {
  double number = 0;
  if (!absl::SimpleAtod(View(line), &number)) {
    return Broken("is no pickle: a float must be a number");
  }
  RETURN_IF_ERROR(Push(Kind::kFloat));
  stack_.back()->number = number;
  return absl::OkStatus();
}

absl::StatusOr<PickleValue*> PickleReader::Top() {
  const size_t bottom = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= bottom) return Empty();
  return stack_.back();
}

absl::StatusOr<PickleValue*> PickleReader::Pop() {
  ASSIGN_OR_RETURN(Value * value, Top());
  stack_.pop_back();
  return value;
}

absl::StatusOr<std::vector<PickleValue*>> PickleReader::PopToMark() {
  if (marks_.empty()) return Empty();
  const auto begin = stack_.begin() + static_cast<ptrdiff_t>(marks_.back());
  std::vector<Value*> items(begin, stack_.end());
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

absl::Status PickleReader::Remember(uint64_t index) {
  ASSIGN_OR_RETURN(Value * value, Top());
  if (memo_.size() == kMaxValues) return TooMany();
  memo_[index] = value;
  return absl::OkStatus();
}

absl::Status PickleReader::Recall(uint64_t index) {
  const auto found = memo_.find(index);
  if (found == memo_.end()) {
    return Broken("is no pickle: it recalls what it has not remembered");
  }
  return PushValue(found->second);
}

// A container of the `count` values on top of the stack.
absl::Status PickleReader::Collect(Kind kind, size_t count) {
  std::vector<const Value*> items(count);
  for (size_t i = count; i-- > 0;) {
    ASSIGN_OR_RETURN(items[i], Pop());
  }
  RETURN_IF_ERROR(Push(kind));
  stack_.back()->items = std::move(items);
  return absl::OkStatus();
}

absl::Status PickleReader::Append(const std::vector<Value*>& items) {
  ASSIGN_OR_RETURN(Value * list, Top());
  if (!list->Is(Kind::kSequence)) {
    return Broken("is no pickle: it appends to what is no list");
  }
  list->items.insert(list->items.end(), items.begin(), items.end());
  return absl::OkStatus();
}

absl::Status PickleReader::SetItems(const std::vector<Value*>& items) {
  ASSIGN_OR_RETURN(Value * dict, Top());
  if (!dict->Is(Kind::kDict) || items.size() % 2 != 0) {
    return Broken("is no pickle: it sets items of what is no dict");
  }
  dict->items.insert(dict->items.end(), items.begin(), items.end());
  return absl::OkStatus();
}

}  // namespace toque
