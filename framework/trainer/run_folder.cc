#include "framework/trainer/run_folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/core/registry.h"
#include "framework/parts/device.h"
#include "framework/trainer/git_commit.h"
#include "framework/weights/atomic_file.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

namespace fs = std::filesystem;

absl::Status SystemError(const std::string& path, std::string_view what) {
  return absl::UnavailableError(
      absl::StrCat(path, ": ", View(what), ": ", std::strerror(errno)));
}

// As in environment.json, so that their order is that of the times.
constexpr char kTime[] = "%Y-%m-%dT%H:%M:%SZ";

std::string TimeText(const char* format, std::time_t time) {
  std::tm parts;
  gmtime_r(&time, &parts);
  char text[64];
  std::strftime(text, sizeof text, format, &parts);
  return text;
}

// The commit of the checkout under `bazel run`, or "": a program that is run
// elsewhere doesn't know where it came from.
std::string Commit() {
  const char* root = std::getenv("BUILD_WORKSPACE_DIRECTORY");
  return root == nullptr ? "" : GitCommit(root);
}

absl::StatusOr<std::string> ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return SystemError(path, "can't be read");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return SystemError(path, "can't be read");
  return text;
}

// The object that a JSON file holds; an empty one where it holds none.
nlohmann::json ReadObject(const std::string& path) {
  const auto text = ReadAll(path);
  if (!text.ok()) return nlohmann::json::object();
  nlohmann::json value =
      nlohmann::json::parse(*text, /*cb=*/nullptr, /*exceptions=*/false);
  return value.is_object() ? value : nlohmann::json::object();
}

// "experiment.textproto.tmp1234", as AtomicFile names a file on its way.
bool IsHalfWritten(const std::string& name) {
  const std::string mark = ".tmp";
  const size_t at = name.rfind(mark);
  if (at == name.npos || at + mark.size() == name.size()) return false;
  return name.find_first_not_of("0123456789", at + mark.size()) == name.npos;
}

void RemoveHalfWritten(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (IsHalfWritten(entry.path().filename())) found.push_back(entry.path());
  }
  for (const fs::path& path : found) fs::remove(path, error);
}

std::string EnvironmentPath(const std::string& folder) {
  return folder + "/environment.json";
}

// Each start of a run, the first one first; empty where nothing tells.
nlohmann::json StartsOf(const nlohmann::json& environment) {
  const auto started = environment.find("started");
  const bool known = started != environment.end() && started->is_array();
  return known ? *started : nlohmann::json::array();
}

// When the run in a folder was begun, or "" where it holds no run.
std::string BeginOf(const std::string& folder) {
  struct stat experiment = {};
  if (stat((folder + "/experiment.textproto").c_str(), &experiment) != 0) {
    return "";
  }
  const nlohmann::json starts = StartsOf(ReadObject(EnvironmentPath(folder)));
  if (!starts.empty() && starts[0].is_string()) {
    return starts[0].get<std::string>();
  }
  return TimeText(kTime, experiment.st_mtime);
}

bool IsEvaluation(const nlohmann::json& line) {
  return !line.contains("loss/train");
}

// Lines of `text` that belong to steps up to `step`.
std::string LinesUpTo(const std::string& text, int64_t step, bool at_end) {
  std::string kept;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const auto object = nlohmann::json::parse(line.begin(), line.end(),
                                              /*cb=*/nullptr,
                                              /*allow_exceptions=*/false);
    // A line that a killed run left unfinished is no object.
    if (!object.is_object() || !object.contains("step")) continue;
    if (!object["step"].is_number_integer()) continue;
    const int64_t at = object["step"].get<int64_t>();
    if (at > step || (at == step && at_end && IsEvaluation(object))) continue;
    absl::StrAppend(&kept, line, "\n");
  }
  return kept;
}

}  // namespace

absl::Status WriteTextFile(const std::string& path, std::string_view text) {
  ASSIGN_OR_RETURN(const auto file, AtomicFile::Create(path));
  RETURN_IF_ERROR(file->Append(text.data(), text.size()));
  return file->Commit();
}

absl::Status MakeRunFolder(const std::string& folder, bool must_be_new) {
  std::error_code error;
  fs::create_directories(fs::path(folder).parent_path(), error);
  const bool made = !error && fs::create_directory(folder, error);
  if (!error && !made && must_be_new) {
    return absl::AlreadyExistsError(
        absl::StrCat(folder, ": another run was begun in the same second"));
  }
  const fs::path checkpoints = fs::path(folder) / "checkpoints";
  if (!error) fs::create_directories(checkpoints, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat(
        folder, ": the run folder can't be made: ", error.message()));
  }
  RemoveHalfWritten(folder);
  RemoveHalfWritten(checkpoints);
  return absl::OkStatus();
}

std::string NewRunFolder(const std::string& base, const std::string& name) {
  const std::string start =
      absl::StrCat(base, "/runs/", name, "/",
                   TimeText("%Y-%m-%d_%H-%M-%S", std::time(nullptr)));
  std::string folder = start;
  std::error_code error;
  for (int i = 2; fs::exists(folder, error); ++i) {
    folder = absl::StrFormat("%s_%02d", start, i);
  }
  return folder;
}

absl::StatusOr<std::string> NewestRunFolder(const std::string& base,
                                            const std::string& name) {
  const std::string runs = absl::StrCat(base, "/runs/", name);
  // Begin and path; of two in the same second the one whose name is later.
  std::pair<std::string, std::string> newest;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error)) {
    const std::string folder = entry.path();
    const std::string begin = BeginOf(folder);
    if (!begin.empty()) newest = std::max(newest, {begin, folder});
  }
  if (!newest.second.empty()) return newest.second;
  return absl::NotFoundError(
      absl::StrCat(runs, ": there is no run to resume; --run_dir names one"));
}

absl::Status WriteEnvironment(const std::string& folder, at::Device device) {
  const std::string path = EnvironmentPath(folder);
  nlohmann::json plugins = nlohmann::json::array();
  for (const PluginEntry* entry : AllPlugins()) {
    plugins.push_back(entry->name());
  }
  // A resumed run has been started several times.
  nlohmann::json started = StartsOf(ReadObject(path));
  started.push_back(TimeText(kTime, std::time(nullptr)));
  const nlohmann::json environment = {
      {"libtorch", LibTorchVersion()},
      {"compiler", __VERSION__},
      {"commit", Commit()},
      {"device", device.str()},
      {"cores", std::thread::hardware_concurrency()},
      {"plugins", plugins},
      {"started", started}};
  return WriteTextFile(path, environment.dump(2) + "\n");
}

absl::Status WriteEnd(const std::string& folder, std::string_view end) {
  const std::string path = EnvironmentPath(folder);
  nlohmann::json environment = ReadObject(path);
  environment["end"] = end;
  return WriteTextFile(path, environment.dump(2) + "\n");
}

std::string ReadEnd(const std::string& folder) {
  const nlohmann::json environment = ReadObject(EnvironmentPath(folder));
  const auto end = environment.find("end");
  const bool known = end != environment.end() && end->is_string();
  return known ? end->get<std::string>() : "";
}

MetricsLog::~MetricsLog() {
  if (file_ != nullptr) std::fclose(file_);
}

absl::Status MetricsLog::Open(const std::string& folder, int64_t step,
                              bool at_end) {
  path_ = folder + "/metrics.jsonl";
  if (fs::exists(path_)) {
    ASSIGN_OR_RETURN(const std::string text, ReadAll(path_));
    RETURN_IF_ERROR(WriteTextFile(path_, LinesUpTo(text, step, at_end)));
  }
  file_ = std::fopen(path_.c_str(), "ae");
  if (file_ == nullptr) return SystemError(path_, "can't be written");
  return absl::OkStatus();
}

absl::Status MetricsLog::Append(const Progress& progress,
                                const Metrics& metrics) {
  if (file_ == nullptr) return absl::OkStatus();
  nlohmann::ordered_json line = {
      {"step", progress.step},
      {"epoch", static_cast<double>(progress.step) /
                    static_cast<double>(progress.steps_per_epoch)}};
  // The library writes null for what is not finite.
  for (const auto& [name, value] : metrics) line[name] = value;
  const std::string text = line.dump() + "\n";
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() ||
      std::fflush(file_) != 0) {
    return SystemError(path_, "can't be written");
  }
  return absl::OkStatus();
}

}  // namespace toque
