#include "framework/shared/folder_walk.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "glog/logging.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

constexpr std::string_view kPictures[] = {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".jfi", ".png", ".webp",
    ".bmp", ".dib",  ".ppm", ".pgm",  ".pbm", ".pnm", ".gif"};
constexpr std::string_view kVideos[] = {
    ".mp4", ".avi", ".mkv", ".mov", ".webm", ".mpg", ".mpeg",
    ".m4v", ".wmv", ".flv", ".ts",  ".3gp",  ".ogv"};

struct Listing {
  Names folders;
  Names found;
  Names others;
};

absl::StatusOr<Listing> List(const std::string& folder, Files files) {
  Listing listing;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    std::string name = entry->path().filename();
    if (name.starts_with('.')) continue;
    std::error_code fault;
    if (entry->is_directory(fault)) {
      listing.folders.push_back(std::move(name));
    } else if (fault == std::errc::too_many_symbolic_link_levels) {
      return AtPlace(Invalid("a link must not lead back to itself"),
                     entry->path().native());
    } else if (HasEnding(files, name)) {
      listing.found.push_back(std::move(name));
    } else {
      listing.others.push_back(std::move(name));
    }
  }
  if (error) {
    return AtPlace(absl::NotFoundError("can't be opened: " + error.message()),
                   folder);
  }
  std::ranges::sort(listing.folders);
  std::ranges::sort(listing.found);
  std::ranges::sort(listing.others);
  return listing;
}

// Files of other endings.
struct Others {
  void Add(const std::string& path) {
    if (count++ == 0) first = path;
  }
  int64_t count = 0;
  std::string first;
};

class Walk {
 public:
  Walk(const std::string& top, Files files) : top_(top), files_(files) {}

  // Looks at the folder `path` (from the top; "" or with a slash at its end)
  // and all below it.
  absl::Status Visit(const std::string& path) {
    const std::string full = absl::StrCat(top_, "/", path);
    struct stat facts;
    if (stat(full.c_str(), &facts) != 0) {
      return AtPlace(absl::NotFoundError(absl::StrCat("can't be opened: ",
                                                      std::strerror(errno))),
                     full);
    }
    const std::pair identity(facts.st_dev, facts.st_ino);
    if (std::ranges::find(above_, identity) != above_.end()) {
      return AtPlace(
          Invalid("a link must not lead back to a folder that it lies in"),
          full.substr(0, full.size() - 1));
    }
    above_.push_back(identity);
    ASSIGN_OR_RETURN(Listing listing, List(full, files_));
    found_[path] = std::move(listing.found);
    for (const std::string& name : listing.others) others_.Add(path + name);
    for (const std::string& name : listing.folders) {
      RETURN_IF_ERROR(Visit(absl::StrCat(path, name, "/")));
    }
    above_.pop_back();
    return absl::OkStatus();
  }

  Names Paths() {
    Names paths;
    for (const auto& [folder, found] : found_) {
      for (const std::string& name : found) paths.push_back(folder + name);
    }
    return paths;
  }
  const Others& others() const { return others_; }

 private:
  // By the path without the slash at its end.
  struct ByPath {
    bool operator()(std::string_view one, std::string_view other) const {
      return one.substr(0, std::max<size_t>(one.size(), 1) - 1) <
             other.substr(0, std::max<size_t>(other.size(), 1) - 1);
    }
  };

  const std::string& top_;
  const Files files_;
  std::vector<std::pair<dev_t, ino_t>> above_;
  std::map<std::string, Names, ByPath> found_;
  Others others_;
};

// Takes the run of digits at the beginning, without leading zeros.
std::string_view TakeDigits(std::string_view* text) {
  const auto end =
      std::min(text->find_first_not_of("0123456789"), text->size());
  std::string_view digits = text->substr(0, end);
  text->remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

}  // namespace

bool HasEnding(Files files, const std::string& name) {
  const size_t dot = name.rfind('.');
  if (dot == name.npos) return false;
  const std::string ending = absl::AsciiStrToLower(name.substr(dot));
  return files == Files::kPictures
             ? std::ranges::find(kPictures, ending) != std::end(kPictures)
             : std::ranges::find(kVideos, ending) != std::end(kVideos);
}

absl::StatusOr<Names> Subfolders(const std::string& folder) {
  ASSIGN_OR_RETURN(Listing listing, List(folder, Files::kPictures));
  return std::move(listing.folders);
}

absl::StatusOr<Names> FilesIn(const std::string& folder, Files files) {
  Walk walk(folder, files);
  RETURN_IF_ERROR(walk.Visit(""));
  return walk.Paths();
}

absl::StatusOr<std::vector<std::vector<std::string>>> ClassFiles(
    const std::string& folder, const std::vector<std::string>& classes,
    Files files) {
  const char* const what = files == Files::kPictures ? "picture" : "video";
  std::vector<std::vector<std::string>> found;
  std::vector<absl::Status> faults;
  Others others;
  for (const std::string& name : classes) {
    const std::string path = absl::StrCat(folder, "/", name);
    Walk walk(path, files);
    const absl::Status status = walk.Visit("");
    found.push_back(walk.Paths());
    if (!status.ok()) {
      faults.push_back(status);
    } else if (found.back().empty()) {
      faults.push_back(AtPlace(
          Invalid(absl::StrCat("a class folder must hold a ", what)), path));
    }
    if (others.count == 0) others.first = name + "/" + walk.others().first;
    others.count += walk.others().count;
  }
  LOG_IF(WARNING, others.count > 0)
      << folder << ": passed over " << others.count
      << " files of other endings than " << what
      << "s have (first: " << others.first << ")";
  RETURN_IF_ERROR(Together(faults));
  return found;
}

bool NaturalLess(const std::string& one, const std::string& other) {
  std::string_view a = one, b = other;
  while (!a.empty() && !b.empty()) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(a[0])) &&
        absl::ascii_isdigit(static_cast<unsigned char>(b[0]))) {
      const std::string_view x = TakeDigits(&a), y = TakeDigits(&b);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a[0] != b[0]) {
        return static_cast<unsigned char>(a[0]) <
               static_cast<unsigned char>(b[0]);
      }
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  if (a.empty() != b.empty()) return a.empty();
  return one < other;  // "a01" and "a1" differ, too
}

}  // namespace toque
