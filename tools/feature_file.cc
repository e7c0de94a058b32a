#include "tools/feature_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "ATen/ops/from_file.h"
#include "framework/config/text_file.h"
#include "framework/core/example.h"
#include "framework/weights/atomic_file.h"
#include "framework/weights/safetensors.h"
#include "nlohmann/json.hpp"

namespace toque {
namespace {

namespace fs = std::filesystem;

// The name that a file has for a feature.
std::string ShownName(const std::string& name) {
  return name.empty() ? "output" : name;
}

}  // namespace

// A file of bytes that grows.
class FeatureFile::Column {
 public:
  struct Form {
    std::string name;
    at::ScalarType type;
    std::vector<int64_t> shape;  // of a row; of names none
  };

  Column(std::string path, Form form)
      : path_(std::move(path)), form_(std::move(form)) {}
  ~Column() {
    if (file_ != nullptr) std::fclose(file_);
  }

  const Form& form() const { return form_; }
  uintmax_t bytes() const { return bytes_; }

  // Keeps the first `bytes` of what is there.
  absl::Status Open(uintmax_t bytes) {
    std::error_code fault;
    if (bytes > 0 && (!fs::exists(path_) || fs::file_size(path_) < bytes)) {
      return Broken(path_ + ": is shorter than was written");
    }
    if (bytes > 0) fs::resize_file(path_, bytes, fault);
    file_ = std::fopen(path_.c_str(), bytes > 0 ? "ab" : "wb");
    bytes_ = bytes;
    return file_ == nullptr || fault ? Failed() : absl::OkStatus();
  }

  absl::Status Append(const void* data, size_t size) {
    const bool written =
        std::fwrite(data, 1, size, file_) == size && std::fflush(file_) == 0;
    bytes_ += size;
    return written ? absl::OkStatus() : Failed();
  }

  // All of it, mapped.
  at::Tensor Mapped(int64_t rows) const {
    std::vector<int64_t> shape = form_.shape;
    shape.insert(shape.begin(), rows);
    const auto size =
        static_cast<int64_t>(bytes_ / c10::elementSize(form_.type));
    return at::from_file(path_, /*shared=*/false, size, form_.type).view(shape);
  }

 private:
  absl::Status Failed() const {
    return absl::UnavailableError(
        absl::StrCat(path_, ": can't be written: ", std::strerror(errno)));
  }

  const std::string path_;
  const Form form_;
  std::FILE* file_ = nullptr;
  uintmax_t bytes_ = 0;
};

FeatureFile::FeatureFile(std::string path, std::string source)
    : path_(std::move(path)), source_(std::move(source)) {}
FeatureFile::~FeatureFile() = default;

std::vector<std::string> FeatureFile::Paths(
    const std::string& path, const std::vector<std::string>& names) {
  if (!path.ends_with(".npy")) return {path};
  const std::string base = path.substr(0, path.size() - 4);
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    paths.push_back(names.size() == 1
                        ? path
                        : absl::StrCat(base, ".", ShownName(name), ".npy"));
  }
  paths.insert(paths.end(), {base + ".labels.npy", base + ".names.txt"});
  return paths;
}

absl::Status FeatureFile::CheckPath(const std::string& path) {
  const bool known = path.ends_with(".safetensors") || path.ends_with(".npy");
  if (known) return absl::OkStatus();
  return Invalid("--out must end in .safetensors or .npy", path);
}

absl::StatusOr<std::unique_ptr<FeatureFile>> FeatureFile::Open(
    const std::string& path, const std::vector<std::string>& names,
    const std::string& source) {
  RETURN_IF_ERROR(CheckPath(path));
  for (const std::string& made : Paths(path, names)) {
    if (!fs::exists(made)) continue;
    return AtPlace(Invalid("exists already; --overwrite extracts anew"), made);
  }
  std::unique_ptr<FeatureFile> file(new FeatureFile(path, source));
  if (fs::exists(file->Folder() + "/state.json")) {
    RETURN_IF_ERROR(AtPlace(file->GoOn(), file->Folder()));
  }
  return file;
}

absl::Status FeatureFile::Begin(const NamedTensors& features) {
  fs::create_directories(Folder());
  const auto add = [this](const std::string& name, Column::Form form) {
    return std::make_unique<Column>(absl::StrCat(Folder(), "/", name),
                                    std::move(form));
  };
  for (const auto& [name, rows] : features) {
    features_.push_back(add(absl::StrCat(features_.size()),
                            {name, at::kFloat, rows.sizes().slice(1).vec()}));
    RETURN_IF_ERROR(features_.back()->Open(0));
  }
  labels_ = add("labels", {"labels", at::kLong, {}});
  names_ = add("names", {"names", at::kByte, {}});
  RETURN_IF_ERROR(labels_->Open(0));
  return names_->Open(0);
}

absl::Status FeatureFile::GoOn() {
  ASSIGN_OR_RETURN(const std::string text,
                   ReadTextFile(Folder() + "/state.json"));
  const auto state = nlohmann::json::parse(text, nullptr, false);
  if (state.is_discarded() || state.value("source", "") != source_) {
    return Invalid(
        "holds the features of another extraction; --overwrite extracts anew");
  }
  next_ = state.at("next");
  rows_ = state.at("rows");
  labelled_ = state.at("labelled");
  const auto open = [this](const std::string& name, Column::Form form,
                           uintmax_t bytes, std::unique_ptr<Column>* column) {
    *column = std::make_unique<Column>(absl::StrCat(Folder(), "/", name),
                                       std::move(form));
    return (*column)->Open(bytes);
  };
  for (const auto& feature : state.at("features")) {
    const std::string number = absl::StrCat(features_.size());
    RETURN_IF_ERROR(open(number,
                         {feature.at("name"), at::kFloat, feature.at("shape")},
                         feature.at("bytes"), &features_.emplace_back()));
  }
  RETURN_IF_ERROR(open("labels", {"labels", at::kLong, {}},
                       static_cast<uintmax_t>(rows_) * sizeof(int64_t),
                       &labels_));
  return open("names", {"names", at::kByte, {}}, state.at("names"), &names_);
}

absl::Status FeatureFile::WriteState() const {
  nlohmann::json state = {{"source", source_},
                          {"next", next_},
                          {"rows", rows_},
                          {"labelled", labelled_},
                          {"names", names_->bytes()},
                          {"features", nlohmann::json::array()}};
  for (const auto& column : features_) {
    state["features"].push_back({{"name", column->form().name},
                                 {"shape", column->form().shape},
                                 {"bytes", column->bytes()}});
  }
  return AtomicFile::Write(Folder() + "/state.json", state.dump());
}

absl::Status FeatureFile::Add(const NamedTensors& features,
                              const std::vector<int64_t>& labels,
                              const std::vector<std::string>& names,
                              int64_t next) {
  if (features_.empty()) RETURN_IF_ERROR(Begin(features));
  for (size_t i = 0; i < features.size(); ++i) {
    const auto& [name, rows] = features[i];
    const Column::Form& form = features_[i]->form();
    if (rows.sizes().slice(1) != at::IntArrayRef(form.shape)) {
      return Invalid(
          absl::StrCat("all rows of ", ShownName(name), " must have one shape"),
          c10::str(rows.sizes()));
    }
    const at::Tensor bytes = rows.to(at::kCPU, at::kFloat).contiguous();
    RETURN_IF_ERROR(
        features_[i]->Append(bytes.const_data_ptr(), bytes.nbytes()));
  }
  RETURN_IF_ERROR(
      labels_->Append(labels.data(), labels.size() * sizeof(int64_t)));
  for (const int64_t label : labels) labelled_ |= label != kIgnoredLabel;
  std::string lines;
  for (const std::string& name : names) absl::StrAppend(&lines, name, "\n");
  RETURN_IF_ERROR(names_->Append(lines.data(), lines.size()));
  rows_ += static_cast<int64_t>(labels.size());
  next_ = next;
  return WriteState();
}

absl::Status FeatureFile::Finish(const std::vector<std::string>& class_names) {
  if (rows_ == 0) return Invalid("there must be an example that can be read");
  State all;
  for (const auto& column : features_) {
    all.Set(ShownName(column->form().name), column->Mapped(rows_));
  }
  if (labelled_) all.Set("labels", labels_->Mapped(rows_));
  all.Set("names", names_->Mapped(static_cast<int64_t>(names_->bytes())));
  if (path_.ends_with(".npy")) {
    RETURN_IF_ERROR(WriteNpys(all));
  } else {
    RETURN_IF_ERROR(WriteSafetensors(
        path_, all, {{"classes", nlohmann::json(class_names).dump()}}));
  }
  std::error_code none;  // what can't be removed does no harm
  fs::remove_all(Folder(), none);
  return absl::OkStatus();
}

absl::Status FeatureFile::WriteNpys(const State& all) const {
  std::vector<std::string> features;
  for (const auto& column : features_) features.push_back(column->form().name);
  const std::vector<std::string> paths = Paths(path_, features);
  ASSIGN_OR_RETURN(const at::Tensor names, all.Get("names"));
  RETURN_IF_ERROR(AtomicFile::Write(
      paths.back(),
      {static_cast<const char*>(names.const_data_ptr()), names.nbytes()}));
  if (labelled_) {
    ASSIGN_OR_RETURN(const at::Tensor labels, all.Get("labels"));
    RETURN_IF_ERROR(WriteNpy(paths[features.size()], labels));
  }
  for (size_t i = 0; i < features.size(); ++i) {
    ASSIGN_OR_RETURN(const at::Tensor feature, all.Get(ShownName(features[i])));
    RETURN_IF_ERROR(WriteNpy(paths[i], feature));
  }
  return absl::OkStatus();
}

}  // namespace toque
