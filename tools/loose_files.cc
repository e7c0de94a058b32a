#include "tools/loose_files.h"

#include <filesystem>

#include "framework/command/flags.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

std::string NameOf(Files kind) {
  return kind == Files::kPictures ? "picture" : "video";
}

absl::Status Add(const std::string& word, Files kind,
                 std::vector<std::string>* files) {
  const std::string full = UserPath(word);
  if (!fs::exists(full)) {
    return absl::NotFoundError(absl::StrCat(word, ": isn't there"));
  }
  if (!fs::is_directory(full)) {
    files->push_back(word);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> found, FilesIn(full, kind));
  for (const std::string& file : found) {
    files->push_back((fs::path(word) / file).string());
  }
  if (!found.empty()) return absl::OkStatus();
  return AtPlace(Invalid(absl::StrCat("must hold a ", NameOf(kind))), word);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FilesAt(
    const std::vector<std::string>& words, Files files) {
  std::vector<std::string> paths;
  std::vector<absl::Status> faults;
  for (const std::string& word : words) {
    faults.push_back(Add(word, files, &paths));
  }
  RETURN_IF_ERROR(Together(faults));
  if (!paths.empty()) return paths;
  return Invalid(
      absl::StrCat("a ", NameOf(files), " or a folder must be named"));
}

absl::Status LooseFiles::Find(const std::vector<std::string>& words,
                              Files kind) {
  ASSIGN_OR_RETURN(const std::vector<std::string> paths, FilesAt(words, kind));
  const Files other =
      kind == Files::kPictures ? Files::kVideos : Files::kPictures;
  std::vector<absl::Status> faults;
  files_.set_folder(UserFolder());
  for (const std::string& path : paths) {
    if (HasEnding(other, path)) {
      faults.push_back(AtPlace(
          Invalid(absl::StrCat("must be a ", NameOf(kind),
                               ", which is what the model looks at, not a ",
                               NameOf(other))),
          path));
    }
    files_.Add(path, 0);
  }
  files_.Finish();
  return Together(faults);
}

}  // namespace toque
