// Pickles of Python, read as data: nothing in them is executed.

#ifndef TOQUE_FRAMEWORK_ARCHIVE_PICKLE_READER_H_
#define TOQUE_FRAMEWORK_ARCHIVE_PICKLE_READER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "framework/archive/pickle_value.h"
#include "framework/status.h"

namespace toque {

// Reads pickles of protocols 0 to 5 that stand one after the other, as far as
// torch.save writes them: basic types, containers, tensors. Any other class or
// function is an error that names it. Memory is bounded by the length, which
// is 64 MB at most, and by two million values.
class PickleReader {
 public:
  // `bytes` must outlive the reader.
  explicit PickleReader(std::string_view bytes) : bytes_(bytes) {}
  PickleReader(const PickleReader&) = delete;
  PickleReader& operator=(const PickleReader&) = delete;

  // The next pickle. Values live as long as the reader.
  absl::StatusOr<const PickleValue*> Next();

  // Bytes that are read.
  size_t position() const { return position_; }
  // Of all pickles, by key; of several values of one key, views of it among
  // them, the first.
  const std::map<std::string_view, const PickleValue*>& storages() const {
    return storages_;
  }

 private:
  using Value = PickleValue;
  using Kind = PickleValue::Kind;

  // One opcode. pickle_reader.cc.
  absl::Status Step(unsigned char opcode);
  absl::Status Read(unsigned char opcode);      // numbers
  absl::Status ReadText(unsigned char opcode);  // texts and bytes
  absl::Status Gather(unsigned char opcode);    // new containers
  absl::Status Extend(unsigned char opcode);    // containers that are there
  absl::Status Move(unsigned char opcode);      // stack and memo

  // Bytes and the stack. pickle_stack.cc.
  absl::StatusOr<std::string_view> Take(uint64_t size);
  absl::StatusOr<std::string_view> Line();
  absl::StatusOr<uint64_t> Number(size_t size);
  absl::StatusOr<std::string_view> Sized(size_t size_bytes);
  absl::StatusOr<Value*> Make(Kind kind);
  absl::Status PushValue(Value* value);
  absl::Status Push(Kind kind);
  absl::Status PushMark();
  absl::Status PushInteger(int64_t value);
  absl::Status PushText(Kind kind, absl::StatusOr<std::string_view> text);
  absl::Status PushQuoted();
  absl::Status PushDecimal();
  absl::Status PushLong(absl::StatusOr<std::string_view> digits);
  absl::Status PushFloat(std::string_view line);
  absl::StatusOr<Value*> Pop();
  absl::StatusOr<Value*> Top();
  absl::StatusOr<std::vector<Value*>> PopToMark();
  absl::Status Remember(uint64_t index);
  absl::Status Recall(uint64_t index);
  absl::Status Collect(Kind kind, size_t count);
  absl::Status CopyItems(const Value& from, Value* to);
  absl::Status Append(const std::vector<Value*>& items);
  absl::Status SetItems(const std::vector<Value*>& items);

  // Python's names. pickle_calls.cc.
  absl::Status PushGlobal(std::string_view module, std::string_view name);
  absl::Status PushStorage();
  absl::Status Call();
  absl::StatusOr<Value*> Called(const Value& function, const Value& arguments);
  absl::StatusOr<Value*> Tensor(const Value& arguments, bool with_type);
  absl::StatusOr<Value*> Mapping(const Value& arguments);
  absl::StatusOr<Value*> Sequence(const Value& arguments);
  absl::Status Build();

  const std::string_view bytes_;
  size_t position_ = 0;
  std::deque<Value> values_;
  size_t copied_ = 0;  // items, from container to container
  std::vector<Value*> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, Value*> memo_;
  std::map<std::string_view, const PickleValue*> storages_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_ARCHIVE_PICKLE_READER_H_
