// A pack: the pictures of a data set in one file, as docs/pack_format.md says.
//
// Pictures are encoded bytes. An example has one or several, a label, and a
// name that tells where it came from.

#ifndef TOQUE_FRAMEWORK_PACK_PACK_H_
#define TOQUE_FRAMEWORK_PACK_PACK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "framework/status.h"

namespace toque {

class PackReader {
 public:
  // Checks the header and the whole index. Errors begin with the path; those of
  // a file that was cut or changed are Broken and say at which byte.
  static absl::StatusOr<std::unique_ptr<PackReader>> Open(
      const std::string& path);
  ~PackReader();
  PackReader(const PackReader&) = delete;
  PackReader& operator=(const PackReader&) = delete;

  // Whether it was written as a pack of this `source`; see PackWriter::Open.
  bool IsOf(std::string_view source) const;
  int64_t size() const { return examples_; }
  int64_t classes() const { return classes_; }
  // Empty, or `classes` of them.
  const std::vector<std::string>& class_names() const { return class_names_; }
  int32_t Label(int64_t example) const;
  // At least 1.
  int64_t Pictures(int64_t example) const;
  // How many pictures the examples before it have.
  int64_t FirstPicture(int64_t example) const;
  // Read from the file; "?" where that can't be done.
  std::string Name(int64_t example) const;

  // Reads a picture (0 <= picture < Pictures(example)) into `buffer`, which
  // grows where it must and never shrinks, checks it and gives its bytes, a
  // part of the buffer. Broken, with the byte of the file, where the file was
  // changed or has shrunk. Safe from several threads.
  absl::StatusOr<absl::Span<const uint8_t>> Read(
      int64_t example, int64_t picture, std::vector<uint8_t>* buffer) const;

 private:
  explicit PackReader(int file) : file_(file) {}
  absl::Status ReadIndex();
  absl::Status CheckIndex() const;
  absl::Status ReadClassNames(absl::Span<const uint8_t> bytes);
  absl::Status ReadBytes(uint64_t begin, absl::Span<uint8_t> bytes) const;
  uint64_t Offset(int64_t picture) const;

  const int file_;
  int64_t examples_ = 0;
  int64_t pictures_ = 0;
  int64_t classes_ = 0;
  uint64_t source_ = 0;
  uint64_t index_offset_ = 0;
  // As it stands in the file: it costs 20 bytes an example.
  std::vector<uint8_t> index_;
  std::vector<std::string> class_names_;
};

// What is written of an example.
struct PackExample {
  // Its number in the data set that it comes from, above that of the example
  // before it.
  int64_t source = 0;
  std::string_view name = {};  // at most 4096 bytes
  int32_t label = 0;
  // At least one, each of at most 256 MiB.
  std::vector<absl::Span<const uint8_t>> pictures = {};
};

class PackWriter {
 public:
  // Begins PATH.partial, or goes on where an earlier writer of the same
  // `source` (a text: data set and options) stopped or was killed. An error
  // where that file is of another source or is being written.
  static absl::StatusOr<std::unique_ptr<PackWriter>> Open(
      const std::string& path, std::string_view source);
  // Leaves PATH.partial unless Finish() was called.
  ~PackWriter();
  PackWriter(const PackWriter&) = delete;
  PackWriter& operator=(const PackWriter&) = delete;

  // The source of the next example that is to be added is at least this.
  int64_t next_source() const { return next_source_; }
  int64_t examples() const { return static_cast<int64_t>(labels_.size()); }
  uint64_t bytes() const { return end_; }

  absl::Status Add(const PackExample& example);
  // Writes the index, makes sure of the bytes on the disk and gives the file
  // its name. The bytes don't depend on how often the writing was interrupted.
  absl::Status Finish(int64_t classes,
                      const std::vector<std::string>& class_names);

 private:
  PackWriter(std::string path, int file)
      : path_(std::move(path)), file_(file) {}
  absl::Status Begin(uint64_t source);
  absl::Status CheckPlace() const;
  absl::Status MarkUnfinished() const;
  absl::Status Recover();
  absl::Status Append(std::string_view bytes);
  absl::Status Flush();
  std::string IndexBytes(const std::vector<std::string>& class_names) const;
  std::string PartialPath() const { return path_ + ".partial"; }

  const std::string path_;
  const int file_;
  uint64_t source_ = 0;
  int64_t next_source_ = 0;
  uint64_t end_ = 0;                     // of the file with what is buffered
  std::string buffer_;                   // of the file's end, not yet written
  std::vector<uint64_t> offsets_;        // of each picture's record
  std::vector<uint64_t> first_picture_;  // of each example
  std::vector<int32_t> labels_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PACK_PACK_H_
