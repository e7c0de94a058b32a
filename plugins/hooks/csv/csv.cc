#include "framework/shared/csv.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "framework/core/hook.h"
#include "framework/core/metric.h"
#include "framework/weights/atomic_file.h"
#include "plugins/hooks/csv/csv.pb.h"

namespace toque {
namespace {

// What of the step where a run goes on still holds.
enum class OfLastStep { kAll, kTraining };

bool StillHolds(absl::string_view line, int64_t step, OfLastStep kept) {
  const std::vector<absl::string_view> cells = absl::StrSplit(line, ',');
  int64_t at = 0;
  if (cells.size() < 5 || !absl::SimpleAtoi(cells[0], &at)) return false;
  if (at != step) return at < step;
  return kept == OfLastStep::kAll || cells[2] == "train";
}

// What is left of a file's text; a killed run may have left half a line.
std::string CutBack(absl::string_view text, int64_t step, OfLastStep kept) {
  CsvText header;
  header.Row("step", "epoch", "split", "metric", "value");
  std::string left = header.text();
  for (size_t end; (end = text.find('\n')) != text.npos;) {
    const absl::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (StillHolds(line, step, kept)) absl::StrAppend(&left, line, "\n");
  }
  return left;
}

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class Csv : public Hook {
 public:
  explicit Csv(std::string file) : path_(std::move(file)) {}

  absl::Status BeforeTraining(Run& run) override {
    if (run.folder.empty()) return absl::OkStatus();
    const auto path = std::filesystem::path(run.folder) / path_;
    path_ = path;
    // One that can't be made is told of by the file in it.
    std::error_code ignored;
    std::filesystem::create_directories(path.parent_path(), ignored);
    start_ = run.progress.step;
    return Reopen(OfLastStep::kAll);
  }

  absl::Status AfterLog(Run& run) override { return Write(run); }

  // A run that is resumed at its end does the evaluations there again.
  absl::Status AfterEvaluation(Run& run) override {
    if (file_ != nullptr && !written_ && run.progress.step == start_) {
      RETURN_IF_ERROR(Reopen(OfLastStep::kTraining));
    }
    return Write(run);
  }

 private:
  // The file as it was when the run stood at start_.
  absl::Status Reopen(OfLastStep kept) {
    std::ifstream old(path_, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(old), {}};
    RETURN_IF_ERROR(AtomicFile::Write(path_, CutBack(text, start_, kept)));
    file_.reset(std::fopen(path_.c_str(), "abe"));
    return file_ == nullptr ? CantBeWritten() : absl::OkStatus();
  }

  absl::Status Write(const Run& run) {
    if (file_ == nullptr) return absl::OkStatus();
    written_ = true;
    const Progress& progress = run.progress;
    const double epoch = static_cast<double>(progress.step) /
                         static_cast<double>(progress.steps_per_epoch);
    CsvText csv;
    for (const auto& [name, value] : Reported(run)) {
      const auto metric = absl::StripSuffix(name, "/" + run.split);
      csv.Row(progress.step, epoch, run.split, std::string(metric), value);
    }
    const std::string& text = csv.text();
    const size_t size = std::fwrite(text.data(), 1, text.size(), file_.get());
    const bool written = size == text.size() && std::fflush(file_.get()) == 0;
    return written ? absl::OkStatus() : CantBeWritten();
  }

  absl::Status CantBeWritten() const {
    return absl::UnavailableError(
        absl::StrCat(path_, ": can't be written: ", std::strerror(errno)));
  }

  std::string path_;
  int64_t start_ = 0;     // the step where this start of the run goes on
  bool written_ = false;  // anything since then
  std::unique_ptr<std::FILE, Closer> file_;  // null where nothing is written
};

Made<Hook> MakeCsv(const recipe::Csv& options) {
  if (options.file().empty()) return Invalid("file must be given");
  return std::make_unique<Csv>(options.file());
}

TOQUE_PLUGIN(MakeCsv);

}  // namespace
}  // namespace toque
