// Facts of video files.

#include <iostream>

#include "absl/strings/str_format.h"
#include "framework/command/flags.h"
#include "framework/command/tool.h"
#include "framework/core/option_checks.h"
#include "framework/shared/clip_reading.h"
#include "gflags/gflags.h"
#include "nlohmann/json.hpp"
#include "tools/loose_files.h"
#include "tools/progress_line.h"
#include "tools/text_table.h"
#include "tools/threads.h"
#include "tools/video_facts.h"

DEFINE_bool(json, false, "Prints JSON instead of a table.");
DEFINE_string(index_folder, "",
              "Where indexes are kept for data sets to find (default: where "
              "they look, in the user's cache folder; given and empty: "
              "nowhere).");
DEFINE_double(seconds, 60, "A file that takes longer is broken.");
DEFINE_int32(threads, 0,
             "Threads that look through files (default: as many as the machine "
             "has cores).");

namespace toque {
namespace {

using nlohmann::ordered_json;

constexpr char kUsage[] = R"(Looks through video files once (R49):

  video_info clip.mp4 videos/
  video_info --json videos/ > videos.json

Prints of each file, and of those in folders at any depth, the number of frames
that can be decoded, the exact frame rate, the size of upright frames, length,
codec, pixel format, container, rotation, whether there is sound, and how many
frames decoding may begin at. "direct" packets are read without the container;
"separable" frames need not all be decoded for one of them. Broken files are
listed with the reason, and the exit status is 1 then.)";

using Facts = std::vector<absl::StatusOr<VideoFacts>>;

std::string IndexFolder() {
  if (!IsGiven("index_folder")) {
    return DefaultIndexFolder();
  }
  return FLAGS_index_folder.empty() ? "" : UserPath(FLAGS_index_folder);
}

const char* YesOrNo(bool yes) { return yes ? "yes" : "no"; }

std::vector<std::string> Row(const std::string& file, const VideoFacts& facts) {
  const std::string rate =
      facts.rate.denominator == 1 || facts.RateText() == "?"
          ? facts.RateText()
          : absl::StrFormat("%s = %.4g", facts.RateText(), facts.rate.value());
  return {file,
          absl::StrCat(facts.frames),
          rate,
          absl::StrFormat("%dx%d", facts.width, facts.height),
          facts.seconds > 0 ? absl::StrFormat("%.2f", facts.seconds) : "?",
          facts.codec,
          facts.pixel_format,
          facts.container,
          absl::StrCat(facts.rotation, facts.mirrored ? " mirrored" : ""),
          YesOrNo(facts.audio),
          absl::StrCat(facts.key_frames),
          YesOrNo(facts.direct),
          YesOrNo(facts.separable)};
}

void PrintTable(const std::vector<std::string>& files, const Facts& all) {
  TextTable table({"file", "frames", "rate", "size", "seconds", "codec",
                   "pixels", "container", "rotation", "audio", "key frames",
                   "direct", "separable"});
  std::string broken;
  for (size_t i = 0; i < files.size(); ++i) {
    if (all[i].ok()) {
      table.Add(Row(files[i], *all[i]));
    } else {
      absl::StrAppend(&broken, "  ", files[i], ": ", all[i].status().message(),
                      "\n");
    }
  }
  if (!table.empty()) std::cout << table.Text();
  if (!broken.empty()) std::cout << "broken:\n" << broken;
}

void PrintJson(const std::vector<std::string>& files, const Facts& all) {
  ordered_json json;
  json["videos"] = ordered_json::array();
  json["broken"] = ordered_json::array();
  for (size_t i = 0; i < files.size(); ++i) {
    ordered_json one = {{"file", files[i]}};
    if (all[i].ok()) {
      one.update(all[i]->Json());
      json["videos"].push_back(one);
    } else {
      one["reason"] = std::string(all[i].status().message());
      json["broken"].push_back(one);
    }
  }
  // A name need not be UTF-8.
  std::cout << json.dump(2, ' ', false, ordered_json::error_handler_t::replace)
            << "\n";
}

absl::StatusOr<bool> Main(const std::vector<std::string>& words) {
  RETURN_IF_ERROR(Together({Above("--seconds", FLAGS_seconds, 0),
                            AtLeast("--threads", FLAGS_threads, 0)}));
  ASSIGN_OR_RETURN(const std::vector<std::string> files,
                   FilesAt(words, Files::kVideos));
  VideoLimits limits;
  limits.seconds = FLAGS_seconds;
  Facts all;
  {
    ProgressLine line("videos", static_cast<int64_t>(files.size()));
    all = LookThrough(files, IndexFolder(), limits,
                      ThreadsOrCores(FLAGS_threads), [&line] { line.Add(1); });
  }
  FLAGS_json ? PrintJson(files, all) : PrintTable(files, all);
  bool whole = true;
  for (const auto& facts : all) whole = whole && facts.ok();
  return whole;
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) {
  return toque::ToolMain(toque::kUsage, argc, argv, toque::Main);
}
