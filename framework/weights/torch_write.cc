// The zip form of torch.save, written.

#include <algorithm>
#include <memory>
#include <utility>

#include "framework/archive/little_endian.h"
#include "framework/archive/zip_archive.h"
#include "framework/weights/atomic_file.h"
#include "framework/weights/tensor_view.h"
#include "framework/weights/torch_file.h"

namespace toque {
namespace {

constexpr uint64_t kAlignment = 64;  // of storages, as torch.save's
constexpr uint64_t kIn64 = 0xffffffff;

struct NamedType {
  at::ScalarType type;
  std::string_view storage;
};

constexpr NamedType kTypes[] = {
    {at::kFloat, "FloatStorage"},
    {at::kDouble, "DoubleStorage"},
    {at::kHalf, "HalfStorage"},
    {at::kBFloat16, "BFloat16Storage"},
    {at::kLong, "LongStorage"},
    {at::kInt, "IntStorage"},
    {at::kShort, "ShortStorage"},
    {at::kChar, "CharStorage"},
    {at::kByte, "ByteStorage"},
    {at::kBool, "BoolStorage"},
    {at::kComplexFloat, "ComplexFloatStorage"},
    {at::kComplexDouble, "ComplexDoubleStorage"},
};

absl::StatusOr<std::string_view> StorageClass(const at::Tensor& tensor) {
  if (!tensor.defined()) return Invalid("must be defined");
  if (tensor.layout() != at::kStrided) {
    return Invalid("must be dense", c10::str(tensor.layout()));
  }
  for (const auto& [type, storage] : kTypes) {
    if (type == tensor.scalar_type()) return storage;
  }
  return Invalid("must be of a type that torch.save has a storage for",
                 c10::toString(tensor.scalar_type()));
}

// A pickle of protocol 2, as text grows.
class PickleWriter {
 public:
  PickleWriter() { text_ += "\x80\x02"; }

  void Op(char opcode) { text_ += opcode; }
  void Global(std::string_view module, std::string_view name) {
    absl::StrAppend(&text_, "c", View(module), "\n", View(name), "\n");
  }
  void Text(std::string_view text) {
    Op('X');
    AppendLittleEndian(text.size(), 4, &text_);
    text_ += text;
  }
  void Integer(int64_t value) {
    const bool is_short = value >= 0 && value < (int64_t{1} << 31);
    text_ += is_short ? "J" : "\x8a\x08";
    AppendLittleEndian(static_cast<uint64_t>(value), is_short ? 4 : 8, &text_);
  }
  void Integers(at::IntArrayRef values) {
    Op('(');
    for (const int64_t value : values) Integer(value);
    Op('t');
  }
  void EmptyDict() {
    Global("collections", "OrderedDict");
    text_ += ")R";
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void WriteTensor(const std::string& name, const at::Tensor& tensor,
                 std::string_view storage, size_t key, PickleWriter* out) {
  out->Text(name);
  out->Global("torch._utils", "_rebuild_tensor_v2");
  out->Op('(');
  out->Op('(');
  out->Text("storage");
  out->Global("torch", storage);
  out->Text(absl::StrCat(key));
  out->Text("cpu");
  out->Integer(tensor.numel());
  out->Op('t');
  out->Op('Q');
  out->Integer(0);
  out->Integers(tensor.sizes());
  out->Integers(*DenseStrides(tensor.sizes().vec(), /*columns=*/false));
  out->Op('\x89');
  out->EmptyDict();
  out->Op('t');
  out->Op('R');
}

absl::StatusOr<std::string> PickleOf(const NamedTensors& tensors) {
  PickleWriter out;
  out.EmptyDict();
  out.Op('(');
  for (size_t i = 0; i < tensors.size(); ++i) {
    const auto& [name, tensor] = tensors[i];
    const auto storage = StorageClass(tensor);
    if (!storage.ok()) return AtPlace(storage.status(), name);
    WriteTensor(name, tensor, *storage, i, &out);
  }
  out.Op('u');
  out.Op('.');
  return out.text();
}

// A zip of stored entries, of any size, on its way into a file.
class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile* file) : file_(*file) {}

  absl::Status Add(const std::string& name, std::string_view bytes) {
    std::string header("PK\3\4", 4);
    const std::string fields = FieldsOf(name, bytes);
    header += fields;
    // Sizes of 64 bits, then padding in a field of its own.
    std::string extra;
    AppendLittleEndian(1, 2, &extra);
    AppendLittleEndian(16, 2, &extra);
    AppendLittleEndian(bytes.size(), 8, &extra);
    AppendLittleEndian(bytes.size(), 8, &extra);
    const uint64_t begin =
        offset_ + header.size() + 2 + name.size() + extra.size() + 4;
    const uint64_t padding = (kAlignment - begin % kAlignment) % kAlignment;
    AppendLittleEndian(0x4246, 2, &extra);  // "FB", as torch.save's
    AppendLittleEndian(padding, 2, &extra);
    extra.append(padding, 'Z');
    AppendLittleEndian(extra.size(), 2, &header);
    Enter(name, fields, bytes.size());
    RETURN_IF_ERROR(Append(header));
    RETURN_IF_ERROR(Append(name));
    RETURN_IF_ERROR(Append(extra));
    return Append(bytes);
  }

  // The directory and the end records.
  absl::Status Finish() {
    const uint64_t start = offset_;
    const uint64_t size = directory_.size();
    std::string end("PK\6\6", 4);
    AppendLittleEndian(44, 8, &end);
    AppendLittleEndian(45, 2, &end);
    AppendLittleEndian(45, 2, &end);
    AppendLittleEndian(0, 8, &end);
    for (const uint64_t value : {entries_, entries_, size, start}) {
      AppendLittleEndian(value, 8, &end);
    }
    end.append("PK\6\7", 4);
    AppendLittleEndian(0, 4, &end);
    AppendLittleEndian(start + size, 8, &end);
    AppendLittleEndian(1, 4, &end);
    end.append("PK\5\6", 4);
    AppendLittleEndian(0, 4, &end);
    const uint64_t count = std::min<uint64_t>(entries_, 0xffff);
    AppendLittleEndian(count, 2, &end);
    AppendLittleEndian(count, 2, &end);
    AppendLittleEndian(std::min(size, kIn64), 4, &end);
    AppendLittleEndian(std::min(start, kIn64), 4, &end);
    AppendLittleEndian(0, 2, &end);
    RETURN_IF_ERROR(Append(directory_));
    return Append(end);
  }

 private:
  // What local header and directory share, from version to the name's length.
  static std::string FieldsOf(const std::string& name, std::string_view bytes) {
    std::string fields;
    AppendLittleEndian(45, 2, &fields);     // zip64
    AppendLittleEndian(0x800, 2, &fields);  // names are UTF-8
    AppendLittleEndian(0, 2, &fields);      // stored
    AppendLittleEndian(0, 2, &fields);      // midnight
    AppendLittleEndian(0x21, 2, &fields);   // of 1 January 1980
    AppendLittleEndian(ZipCrc(bytes), 4, &fields);
    AppendLittleEndian(kIn64, 4, &fields);
    AppendLittleEndian(kIn64, 4, &fields);
    AppendLittleEndian(name.size(), 2, &fields);
    return fields;
  }

  void Enter(const std::string& name, const std::string& fields,
             uint64_t size) {
    directory_.append("PK\1\2", 4);
    AppendLittleEndian(45, 2, &directory_);
    directory_ += fields;
    AppendLittleEndian(28, 2, &directory_);
    directory_.append(10, '\0');
    AppendLittleEndian(kIn64, 4, &directory_);
    directory_ += name;
    AppendLittleEndian(1, 2, &directory_);
    AppendLittleEndian(24, 2, &directory_);
    for (const uint64_t value : {size, size, offset_}) {
      AppendLittleEndian(value, 8, &directory_);
    }
    ++entries_;
  }

  absl::Status Append(std::string_view bytes) {
    offset_ += bytes.size();
    return file_.Append(bytes.data(), bytes.size());
  }

  AtomicFile& file_;
  uint64_t offset_ = 0;
  uint64_t entries_ = 0;
  std::string directory_;
};

absl::Status Write(const NamedTensors& tensors, const std::string& pickle,
                   ZipWriter* zip) {
  RETURN_IF_ERROR(zip->Add("archive/data.pkl", pickle));
  RETURN_IF_ERROR(zip->Add("archive/byteorder", "little"));
  for (size_t i = 0; i < tensors.size(); ++i) {
    // One at a time, so that not all of a GPU's memory need fit in here.
    const at::Tensor bytes = tensors[i]
                                 .second.detach()
                                 .cpu()
                                 .resolve_conj()
                                 .resolve_neg()
                                 .contiguous();
    RETURN_IF_ERROR(zip->Add(absl::StrCat("archive/data/", i), TextOf(bytes)));
  }
  RETURN_IF_ERROR(zip->Add("archive/version", "3\n"));
  return zip->Finish();
}

}  // namespace

absl::Status WriteTorchFile(const std::string& path,
                            const NamedTensors& tensors) {
  const auto pickle = PickleOf(tensors);
  if (!pickle.ok()) return AtPlace(pickle.status(), path);
  ASSIGN_OR_RETURN(const std::unique_ptr<AtomicFile> file,
                   AtomicFile::Create(path));
  ZipWriter zip(file.get());
  RETURN_IF_ERROR(Write(tensors, *pickle, &zip));
  return file->Commit();
}

}  // namespace toque
