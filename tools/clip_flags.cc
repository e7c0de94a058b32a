#include "tools/clip_flags.h"

#include <vector>

#include "framework/command/flags.h"
#include "framework/core/option_checks.h"
#include "framework/shared/clip_reading.h"
#include "gflags/gflags.h"

DEFINE_string(clips, "ORIGINAL",
              "What becomes of video files: ORIGINAL (their own packets), "
              "SHORT_GROUPS (coded anew for reading single frames) or FRAMES "
              "(a JPEG of each).");
DEFINE_int32(group, 12, "Of SHORT_GROUPS: frames from key frame to key frame.");
DEFINE_double(crf, 23,
              "Of SHORT_GROUPS: x264's constant rate factor, 0 to 51; less is "
              "better.");
DEFINE_int32(short_side, 0,
             "Of SHORT_GROUPS and FRAMES: shrinks frames whose shorter side is "
             "above it (default: keeps their size).");
DEFINE_string(index_folder, "",
              "Where indexes of video files are kept (default: where the data "
              "set keeps them, in the user's cache folder unless it says "
              "otherwise; given and empty: nowhere).");
DEFINE_double(seconds, 600,
              "A video file that takes longer to be looked through, or to be "
              "packed, is broken.");

namespace toque {
namespace {

absl::StatusOr<ClipKind> Kind() {
  if (FLAGS_clips == "ORIGINAL") return ClipKind::kOriginal;
  if (FLAGS_clips == "SHORT_GROUPS") return ClipKind::kShortGroups;
  if (FLAGS_clips == "FRAMES") return ClipKind::kFrames;
  return Invalid("--clips must be ORIGINAL, SHORT_GROUPS or FRAMES",
                 FLAGS_clips);
}

absl::Status OnlyWith(const char* flag, bool fits, std::string_view kinds) {
  if (fits || !IsGiven(flag)) return absl::OkStatus();
  return Invalid(absl::StrCat("--", flag, " must be given with --clips=",
                              View(kinds), " alone"),
                 absl::StrCat("--clips=", FLAGS_clips));
}

absl::Status CheckClipFlags(ClipKind kind) {
  const bool groups = kind == ClipKind::kShortGroups;
  const bool frames = kind == ClipKind::kFrames;
  absl::Status longest = absl::OkStatus();
  if (IsGiven("longest_side")) {
    longest = Invalid(
        "--longest_side must be given for pictures alone; --short_side is for "
        "clips");
  }
  return Together(
      {OnlyWith("group", groups, "SHORT_GROUPS"),
       OnlyWith("crf", groups, "SHORT_GROUPS"),
       OnlyWith("quality", frames, "FRAMES"),
       OnlyWith("short_side", groups || frames, "SHORT_GROUPS or FRAMES"),
       longest, AtLeast("--group", FLAGS_group, 1),
       Between("--crf", FLAGS_crf, 0, 51),
       AtLeast("--short_side", FLAGS_short_side, 0),
       Above("--seconds", FLAGS_seconds, 0)});
}

std::string IndexFolder(const toque::VideoDecoding& decoding,
                        const Context& context) {
  if (IsGiven("index_folder")) {
    return FLAGS_index_folder.empty() ? "" : UserPath(FLAGS_index_folder);
  }
  return IndexFolderOf(decoding, context);
}

}  // namespace

absl::StatusOr<ClipPacking> ClipPackingByFlags(
    const toque::VideoDecoding& decoding, const Context& context, int quality) {
  ClipPacking options;
  ASSIGN_OR_RETURN(options.kind, Kind());
  RETURN_IF_ERROR(CheckClipFlags(options.kind));
  options.groups = {.group = FLAGS_group,
                    .quality = FLAGS_crf,
                    .short_side = FLAGS_short_side};
  options.short_side = FLAGS_short_side;
  options.quality = quality;
  options.index_folder = IndexFolder(decoding, context);
  options.limits.max_pixels = decoding.max_pixels();
  options.limits.seconds = FLAGS_seconds;
  return options;
}

absl::Status CheckNoClipFlags() {
  std::vector<absl::Status> faults;
  for (const char* flag :
       {"clips", "group", "crf", "short_side", "index_folder", "seconds"}) {
    if (!IsGiven(flag)) continue;
    faults.push_back(Invalid(
        absl::StrCat("--", flag,
                     " must be given for a data set of video files alone, as "
                     "recipe.VideoFolder")));
  }
  return Together(faults);
}

std::string SourceTextOf(const ClipPacking& options) {
  switch (options.kind) {
    case ClipKind::kOriginal:
      return "ORIGINAL";
    case ClipKind::kShortGroups:
      return absl::StrCat("SHORT_GROUPS ", options.groups.group, " ",
                          options.groups.quality, " ",
                          options.groups.short_side);
    case ClipKind::kFrames:
      return absl::StrCat("FRAMES ", options.short_side, " ", options.quality);
  }
  return "";
}

}  // namespace toque
