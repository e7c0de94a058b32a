// Bytes as a pack, as they are and with digests made right, so that what lies
// behind those is reached, too.

#include <cstring>
#include <vector>

#include "framework/pack/pack.h"
#include "framework/pack/pack_format.h"
#include "glog/logging.h"
#include "tests/fuzz/dataset_fuzz.h"

namespace toque {
namespace {

using pack::Header;
using pack::Record;

// Makes the records' digests right, as far as they lie one after the other.
void MendRecords(std::vector<uint8_t>& bytes) {
  size_t at = sizeof(Header);
  while (bytes.size() - at >= sizeof(Record)) {
    Record record;
    std::memcpy(&record, bytes.data() + at, sizeof record);
    const size_t rest = bytes.size() - at - sizeof record;
    if (record.name_bytes > rest || record.bytes > rest - record.name_bytes) {
      return;
    }
    const char* const name =
        reinterpret_cast<const char*>(bytes.data()) + at + sizeof record;
    record.picture_digest =
        pack::DigestOf(name + record.name_bytes, record.bytes);
    record.digest = DigestOf(record, {name, record.name_bytes});
    std::memcpy(bytes.data() + at, &record, sizeof record);
    at += sizeof record + record.name_bytes + record.bytes;
  }
}

void Mend(std::vector<uint8_t>& bytes) {
  if (bytes.size() < sizeof(Header)) return;
  MendRecords(bytes);
  Header header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.file_bytes = bytes.size();
  if (header.index_offset <= bytes.size()) {
    header.index_bytes = bytes.size() - header.index_offset;
    header.index_digest =
        pack::DigestOf(bytes.data() + header.index_offset, header.index_bytes);
  }
  header.digest = DigestOf(header);
  std::memcpy(bytes.data(), &header, sizeof header);
}

void ReadAll(const std::string& path) {
  const auto reader = PackReader::Open(path);
  if (!reader.ok()) return;
  std::vector<uint8_t> buffer;
  volatile uint64_t sum = 0;
  for (int64_t i = 0; i < (*reader)->size(); ++i) {
    sum = sum + (*reader)->Name(i).size();
    if ((*reader)->classes() > 0) {
      CHECK_LT((*reader)->Label(i), (*reader)->classes());
    }
    for (int64_t k = 0; k < (*reader)->Pictures(i); ++k) {
      const auto picture = (*reader)->Read(i, k, &buffer);
      if (!picture.ok()) continue;
      // Every byte that is shown must be there.
      for (const uint8_t byte : *picture) sum = sum + byte;
    }
  }
}

}  // namespace
}  // namespace toque

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  toque::ReadAll(toque::FuzzFile("pack", data, size));
  std::vector<uint8_t> bytes(data, data + size);
  toque::Mend(bytes);
  toque::ReadAll(toque::FuzzFile("mended", bytes.data(), bytes.size()));
  return 0;
}
