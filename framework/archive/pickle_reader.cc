#include "framework/archive/pickle_reader.h"

#include <bit>

#include "absl/strings/str_format.h"
#include "framework/archive/little_endian.h"

namespace toque {
namespace {

constexpr int64_t kNewestProtocol = 5;

double BigEndianDouble(std::string_view bytes) {
  uint64_t bits = 0;
  for (const char byte : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(byte);
  }
  return std::bit_cast<double>(bits);
}

absl::Status Unknown(unsigned char opcode) {
  return Broken(
      absl::StrFormat("is no pickle of tensors: opcode 0x%02x", opcode));
}

}  // namespace

absl::StatusOr<const PickleValue*> PickleReader::Next() {
  constexpr unsigned char kStop = '.';
  stack_.clear();
  marks_.clear();
  memo_.clear();
  while (true) {
    ASSIGN_OR_RETURN(const std::string_view byte, Take(1));
    const auto opcode = static_cast<unsigned char>(byte[0]);
    if (opcode == kStop) break;
    RETURN_IF_ERROR(Step(opcode));
  }
  if (!marks_.empty() || stack_.size() != 1) {
    return Broken("is no pickle: it must end with one value");
  }
  return stack_.back();
}

absl::Status PickleReader::Step(unsigned char opcode) {
  switch (opcode) {
    case 0x80: {  // PROTO
      ASSIGN_OR_RETURN(const uint64_t protocol, Number(1));
      if (protocol <= kNewestProtocol) return absl::OkStatus();
      return Invalid("a pickle's protocol must be at most 5", protocol);
    }
    case 0x95:  // FRAME
      return Number(8).status();
    case 'c': {  // GLOBAL
      ASSIGN_OR_RETURN(const std::string_view module, Line());
      ASSIGN_OR_RETURN(const std::string_view name, Line());
      return PushGlobal(module, name);
    }
    case 0x93: {  // STACK_GLOBAL
      ASSIGN_OR_RETURN(const Value* name, Pop());
      ASSIGN_OR_RETURN(const Value* module, Pop());
      return PushGlobal(module->text, name->text);
    }
    case 'i': {  // INST
      ASSIGN_OR_RETURN(const std::string_view module, Line());
      ASSIGN_OR_RETURN(const std::string_view name, Line());
      RETURN_IF_ERROR(PushGlobal(module, name));
      return Invalid("a pickle must not make instances of old classes");
    }
    case 'Q':  // BINPERSID
      return PushStorage();
    case 'R':   // REDUCE
    case 0x81:  // NEWOBJ
      return Call();
    case 'b':  // BUILD
      return Build();
    default:
      return Read(opcode);
  }
}

absl::Status PickleReader::Read(unsigned char opcode) {
  switch (opcode) {
    case 'N':  // NONE
      return Push(Kind::kNone);
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      RETURN_IF_ERROR(Push(Kind::kBool));
      stack_.back()->integer = opcode == 0x88;
      return absl::OkStatus();
    case 'J': {  // BININT
      ASSIGN_OR_RETURN(const uint64_t value, Number(4));
      return PushInteger(static_cast<int32_t>(value));
    }
    case 'K':    // BININT1
    case 'M': {  // BININT2
      ASSIGN_OR_RETURN(const uint64_t value, Number(opcode == 'K' ? 1 : 2));
      return PushInteger(static_cast<int64_t>(value));
    }
    case 0x8a:  // LONG1
    case 0x8b:  // LONG4
      return PushLong(Sized(opcode == 0x8a ? 1 : 4));
    case 'I':  // INT
    case 'L':  // LONG
      return PushDecimal();
    case 'F': {  // FLOAT
      ASSIGN_OR_RETURN(const std::string_view line, Line());
      return PushFloat(line);
    }
    case 'G': {  // BINFLOAT
      ASSIGN_OR_RETURN(const std::string_view bytes, Take(8));
      RETURN_IF_ERROR(Push(Kind::kFloat));
      stack_.back()->number = BigEndianDouble(bytes);
      return absl::OkStatus();
    }
    default:
      return ReadText(opcode);
  }
}

absl::Status PickleReader::ReadText(unsigned char opcode) {
  switch (opcode) {
    case 'V':  // UNICODE
      return PushText(Kind::kText, Line());
    case 'S':  // STRING
      return PushQuoted();
    case 'U':   // SHORT_BINSTRING
    case 0x8c:  // SHORT_BINUNICODE
      return PushText(Kind::kText, Sized(1));
    case 'T':  // BINSTRING
    case 'X':  // BINUNICODE
      return PushText(Kind::kText, Sized(4));
    case 0x8d:  // BINUNICODE8
      return PushText(Kind::kText, Sized(8));
    case 'C':  // SHORT_BINBYTES
      return PushText(Kind::kBytes, Sized(1));
    case 'B':  // BINBYTES
      return PushText(Kind::kBytes, Sized(4));
    case 0x8e:  // BINBYTES8
    case 0x96:  // BYTEARRAY8
      return PushText(Kind::kBytes, Sized(8));
    default:
      return Gather(opcode);
  }
}

absl::Status PickleReader::Gather(unsigned char opcode) {
  switch (opcode) {
    case ')':   // EMPTY_TUPLE
    case ']':   // EMPTY_LIST
    case 0x8f:  // EMPTY_SET
      return Push(Kind::kSequence);
    case '}':  // EMPTY_DICT
      return Push(Kind::kDict);
    case 0x85:  // TUPLE1
    case 0x86:  // TUPLE2
    case 0x87:  // TUPLE3
      return Collect(Kind::kSequence, opcode - 0x84u);
    case 't':    // TUPLE
    case 'l':    // LIST
    case 0x91:   // FROZENSET
    case 'd': {  // DICT
      ASSIGN_OR_RETURN(const std::vector<Value*> items, PopToMark());
      RETURN_IF_ERROR(Push(opcode == 'd' ? Kind::kDict : Kind::kSequence));
      return opcode == 'd' ? SetItems(items) : Append(items);
    }
    default:
      return Extend(opcode);
  }
}

absl::Status PickleReader::Extend(unsigned char opcode) {
  switch (opcode) {
    case 'a': {  // APPEND
      ASSIGN_OR_RETURN(Value * item, Pop());
      return Append({item});
    }
    case 'e':     // APPENDS
    case 0x90: {  // ADDITEMS
      ASSIGN_OR_RETURN(const std::vector<Value*> items, PopToMark());
      return Append(items);
    }
    case 's': {  // SETITEM
      ASSIGN_OR_RETURN(Value * value, Pop());
      ASSIGN_OR_RETURN(Value * key, Pop());
      return SetItems({key, value});
    }
    case 'u': {  // SETITEMS
      ASSIGN_OR_RETURN(const std::vector<Value*> items, PopToMark());
      return SetItems(items);
    }
    default:
      return Move(opcode);
  }
}

absl::Status PickleReader::Move(unsigned char opcode) {
  switch (opcode) {
    case '(':  // MARK
      return PushMark();
    case '0':  // POP, of a value or a mark
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
        return absl::OkStatus();
      }
      return Pop().status();
    case '1':  // POP_MARK
      return PopToMark().status();
    case '2': {  // DUP
      ASSIGN_OR_RETURN(Value * value, Top());
      return PushValue(value);
    }
    case 'p':    // PUT
    case 'g': {  // GET
      RETURN_IF_ERROR(PushDecimal());
      ASSIGN_OR_RETURN(const Value* index, Pop());
      const auto number = static_cast<uint64_t>(index->integer);
      return opcode == 'p' ? Remember(number) : Recall(number);
    }
    case 'q':    // BINPUT
    case 'r': {  // LONG_BINPUT
      ASSIGN_OR_RETURN(const uint64_t index, Number(opcode == 'q' ? 1 : 4));
      return Remember(index);
    }
    case 0x94:  // MEMOIZE
      return Remember(memo_.size());
    case 'h':    // BINGET
    case 'j': {  // LONG_BINGET
      ASSIGN_OR_RETURN(const uint64_t index, Number(opcode == 'h' ? 1 : 4));
      return Recall(index);
    }
    default:
      return Unknown(opcode);
  }
}

}  // namespace toque
