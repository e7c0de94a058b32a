#include "framework/weights/torch_file.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "framework/archive/little_endian.h"
#include "framework/archive/pickle_reader.h"
#include "framework/archive/printable.h"
#include "framework/archive/zip_archive.h"
#include "framework/weights/state_dict.h"
#include "framework/weights/tensor_view.h"

namespace toque {
namespace {

using Kind = PickleValue::Kind;
using Storages = std::unordered_map<std::string_view, Bytes>;

constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
constexpr int64_t kProtocol = 1001;
constexpr std::string_view kHowToSave =
    "save the model's tensors instead: torch.save(model.state_dict(), path)";

std::vector<int64_t> Numbers(const PickleValue& sequence) {
  std::vector<int64_t> numbers;
  for (const PickleValue* item : sequence.items) {
    numbers.push_back(item->integer);
  }
  return numbers;
}

size_t WidthOf(const PickleValue& storage) {
  return storage.type == at::ScalarType::Undefined
             ? 1
             : c10::elementSize(storage.type);
}

// The part of a storage that a view of it shows; counted in its elements.
absl::StatusOr<Bytes> Shown(const PickleValue& storage, const Bytes& bytes) {
  if (storage.items.empty()) return bytes;
  const size_t width = WidthOf(storage);
  const auto elements = static_cast<int64_t>(bytes.view.size() / width);
  const int64_t begin = storage.items[0]->integer;
  const int64_t size = storage.items[1]->integer;
  if (begin < 0 || size < 0 || begin > elements || size > elements - begin) {
    return Invalid("a view must lie in its storage",
                   absl::StrCat(size, " elements from ", begin));
  }
  return Bytes{bytes.owner,
               bytes.view.substr(static_cast<size_t>(begin) * width,
                                 static_cast<size_t>(size) * width)};
}

absl::StatusOr<at::Tensor> TensorOf(const PickleValue& tensor,
                                    Storages* storages) {
  const PickleValue& storage = *tensor.items[0];
  const auto found = storages->find(storage.text);
  if (found == storages->end()) {
    return Broken(absl::StrCat("its storage ", Printable(storage.text),
                               " must be in the file"));
  }
  // Once for all tensors that share it.
  found->second = Aligned(found->second);
  ASSIGN_OR_RETURN(const Bytes bytes, Shown(storage, found->second));
  const size_t width = WidthOf(storage);
  if (storage.integer < 0 ||
      static_cast<uint64_t>(storage.integer) > bytes.view.size() / width) {
    return Invalid(
        absl::StrCat("its storage must have ", storage.integer, " elements"),
        bytes.view.size() / width);
  }
  return TensorIn(bytes, tensor.type, tensor.items[1]->integer,
                  Numbers(*tensor.items[2]), Numbers(*tensor.items[3]));
}

absl::StatusOr<WeightsFile> FileOf(const PickleValue& root,
                                   std::string_view key, std::string format,
                                   Storages storages) {
  ASSIGN_OR_RETURN(StateDict dict, FindStateDict(root, key));
  WeightsFile file;
  file.format = std::move(format);
  file.metadata = std::move(dict.metadata);
  for (const auto& [name, value] : dict.tensors) {
    auto tensor = TensorOf(*value, &storages);
    if (!tensor.ok()) return AtPlace(tensor.status(), Printable(name));
    file.tensors.emplace_back(name, *std::move(tensor));
  }
  return file;
}

// The folder that everything stands in, with its slash.
absl::StatusOr<std::string> FolderOf(const std::vector<ZipEntry>& entries) {
  std::string folder;
  bool found = false;
  for (const auto& [name, bytes, deflated, size, crc] : entries) {
    if (name.ends_with("/constants.pkl") || name.find("/code/") != name.npos) {
      return Invalid(
          absl::StrCat("is a TorchScript archive; ", View(kHowToSave)));
    }
    if (name != "data.pkl" && !name.ends_with("/data.pkl")) continue;
    if (found) return Broken("must hold one data.pkl, got several");
    folder = name.substr(0, name.size() - std::string_view("data.pkl").size());
    found = true;
  }
  if (found) return folder;
  return Invalid(absl::StrCat(
      "is a zip archive of something else: must hold data.pkl, as torch.save "
      "writes, or .npy files"));
}

absl::Status CheckStored(const ZipEntry& entry) {
  if (!entry.deflated) return absl::OkStatus();
  return AtPlace(Invalid("must be stored, got deflated"),
                 Printable(entry.name));
}

absl::Status CheckByteOrder(const std::vector<ZipEntry>& entries,
                            const std::string& folder) {
  const ZipEntry* order = FindEntry(entries, folder + "byteorder");
  if (order == nullptr || order->bytes == "little") return absl::OkStatus();
  return Invalid("byteorder must be little", Printable(order->bytes));
}

// A pickle that stands before the object itself.
absl::Status CheckSystem(const PickleValue& system) {
  for (size_t i = 0; i + 1 < system.items.size(); i += 2) {
    if (system.items[i]->text == "little_endian" &&
        system.items[i + 1]->integer == 0) {
      return Invalid("must be of a little-endian machine");
    }
  }
  return absl::OkStatus();
}

// The object between the head and the storages' keys.
absl::StatusOr<const PickleValue*> LegacyRoot(PickleReader* reader) {
  ASSIGN_OR_RETURN(const PickleValue* magic, reader->Next());
  if (magic->text != kMagic) {
    return Invalid(
        "is a pickle, but not of torch.save: must begin with its "
        "magic number");
  }
  ASSIGN_OR_RETURN(const PickleValue* protocol, reader->Next());
  if (!protocol->Is(Kind::kInteger) || protocol->integer != kProtocol) {
    return Invalid("must have the protocol 1001 of torch.save");
  }
  ASSIGN_OR_RETURN(const PickleValue* system, reader->Next());
  RETURN_IF_ERROR(CheckSystem(*system));
  return reader->Next();
}

// After the pickles: for each key the number of its elements (8 bytes) and its
// bytes.
absl::StatusOr<Storages> LegacyStorages(const at::Tensor& bytes,
                                        PickleReader* reader) {
  ASSIGN_OR_RETURN(const PickleValue* keys, reader->Next());
  std::string_view rest = TextOf(bytes).substr(reader->position());
  Storages storages;
  for (const PickleValue* key : keys->items) {
    const auto known = reader->storages().find(key->text);
    if (known == reader->storages().end()) {
      return Broken(absl::StrCat("storage ", Printable(key->text),
                                 " must be of a tensor"));
    }
    const size_t width = WidthOf(*known->second);
    const uint64_t size = rest.size() < 8 ? ~0ull : LittleEndian(rest, 0, 8);
    if (rest.size() < 8 || size > (rest.size() - 8) / width) {
      return Broken(
          absl::StrCat("is cut off in storage ", Printable(key->text)));
    }
    if (!storages.emplace(key->text, Bytes{bytes, rest.substr(8, size * width)})
             .second) {
      return Broken(absl::StrCat("storage ", Printable(key->text),
                                 " must stand there once"));
    }
    rest.remove_prefix(8 + size * width);
  }
  return storages;
}

}  // namespace

absl::StatusOr<WeightsFile> ParseTorchZip(const at::Tensor& bytes,
                                          std::string_view key) {
  ASSIGN_OR_RETURN(const std::vector<ZipEntry> entries, ReadZip(TextOf(bytes)));
  ASSIGN_OR_RETURN(const std::string folder, FolderOf(entries));
  RETURN_IF_ERROR(CheckByteOrder(entries, folder));
  const ZipEntry* pickle = FindEntry(entries, folder + "data.pkl");
  RETURN_IF_ERROR(CheckStored(*pickle));
  PickleReader reader(pickle->bytes);
  const auto root = reader.Next();
  if (!root.ok()) return AtPlace(root.status(), Printable(pickle->name));

  const std::string data = folder + "data/";
  Storages storages;
  for (const ZipEntry& entry : entries) {
    if (!entry.name.starts_with(data)) continue;
    RETURN_IF_ERROR(CheckStored(entry));
    storages.emplace(std::string_view(entry.name).substr(data.size()),
                     Bytes{bytes, entry.bytes});
  }
  return FileOf(**root, key, "torch zip", std::move(storages));
}

absl::StatusOr<WeightsFile> ParseTorchLegacy(const at::Tensor& bytes,
                                             std::string_view key) {
  PickleReader reader(TextOf(bytes));
  ASSIGN_OR_RETURN(const PickleValue* root, LegacyRoot(&reader));
  ASSIGN_OR_RETURN(Storages storages, LegacyStorages(bytes, &reader));
  return FileOf(*root, key, "torch legacy", std::move(storages));
}

}  // namespace toque
