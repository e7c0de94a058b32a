// Whole runs that train on clips: numbers of threads, kills, broken files.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "framework/testing/testing.h"
#include "framework/testing/video_file.h"
#include "framework/video_index/make_index.h"
#include "tests/end_to_end/small_run.h"
#include "tools/metrics_file.h"
#include "tools/subprocess.h"

namespace toque {
namespace {

namespace fs = std::filesystem;

constexpr char kProgram[] = "tools/train";
// Folders of clips and of indexes go to $0 and $1.
constexpr char kExperiment[] = R"(
device: CPU
compute_threads: 1
log_every_steps: 1
model {
  [type.googleapis.com/recipe.SegmentConsensus] {
    backbone {
      [type.googleapis.com/recipe.ConvNet] {
        classes: 2 in_channels: 3 input_size: 16 channels1: 4 channels2: 4
      }
    }
  }
}
loss { [type.googleapis.com/recipe.CrossEntropy] {} }
train {
  dataset {
    [type.googleapis.com/recipe.VideoFolder] {
      folder: "$0"
      sampler { [type.googleapis.com/recipe.TsnSegments] { segments: 3 } }
      decoding { index_folder: "$1" }
    }
  }
  sampler { [type.googleapis.com/recipe.Shuffle] {} }
  transform {
    [type.googleapis.com/recipe.Resize] { height: 16 width: 16 }
  }
  transform { [type.googleapis.com/recipe.HorizontalFlip] {} }
  transform {
    [type.googleapis.com/recipe.Normalize] { mean: 0.4 std: 0.25 }
  }
}
optimizer { [type.googleapis.com/recipe.Sgd] { lr: 0.05 momentum: 0.9 } }
)";

int CountOf(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

class VideoTraining : public testing::Test {
 protected:
  VideoTraining() {
    for (const std::string label : {"a", "b"}) {
      fs::create_directories(clips_ + "/" + label);
    }
    std::string text = kExperiment;
    text.replace(text.find("$0"), 2, clips_);
    text.replace(text.find("$1"), 2, folder_ + "/indexes");
    WriteBytes(folder_ + "/clips.textproto", text);
  }

  // Clips of several codecs and lengths; "a/short.avi" has fewer frames than
  // there are segments.
  void WriteClips() const {
    for (int i = 0; i < 4; ++i) {
      WriteVideo({.encoder = "libx264", .frames = 18 + i, .b_frames = i},
                 absl::StrCat(clips_, "/a/", i, ".mp4"));
      WriteVideo({.height = 40, .frames = 9 + i},
                 absl::StrCat(clips_, "/b/", i, ".avi"));
    }
    WriteVideo({.encoder = "mpeg2video", .frames_per_second = 25},
               clips_ + "/b/4.ts");
    WriteVideo({.frames = 2}, clips_ + "/a/short.avi");
  }

  std::vector<std::string> Arguments(
      const std::string& run, const std::vector<std::string>& changes) const {
    std::vector<std::string> arguments = {
        kProgram, "--run_dir=" + run,
        "--experiment=" + folder_ + "/clips.textproto"};
    for (const std::string& change : changes) {
      arguments.push_back("--set=" + change);
    }
    return arguments;
  }

  // The exit status of a run whose output goes to `run`.txt.
  static int Run(const std::string& run,
                 const std::vector<std::string>& arguments) {
    auto program = Subprocess::Start(arguments, run + ".txt");
    EXPECT_OK(program);
    return program.ok() ? (*program)->Wait() : -1;
  }

  const std::string folder_ = TestFolder();
  const std::string clips_ = folder_ + "/clips";
};

TEST_F(VideoTraining, EndsEqualForAnyNumberOfLoaderThreads) {
  WriteClips();
  std::string expected;
  for (const int threads : {0, 1, 2, 16}) {
    const std::string run = absl::StrCat(folder_, "/run_", threads);
    ASSERT_EQ(Run(run, Arguments(run, {"epochs: 4",
                                       absl::StrCat("train { batch_size: 4 "
                                                    "loader_threads: ",
                                                    threads, " }")})),
              0)
        << ReadBytes(run + ".txt");
    if (expected.empty()) expected = LastCheckpoint(run);
    EXPECT_TRUE(LastCheckpoint(run) == expected) << threads;
  }
}

TEST_F(VideoTraining, EndsEqualAfterAKillAndAResume) {
  WriteClips();
  // Long enough not to end before it is killed.
  const std::vector<std::string> changes = {
      "epochs: 60", "train { batch_size: 2 loader_threads: 2 }"};
  const std::string whole = folder_ + "/whole";
  ASSERT_EQ(Run(whole, Arguments(whole, changes)), 0)
      << ReadBytes(whole + ".txt");

  const std::string run = folder_ + "/killed";
  std::vector<std::string> arguments = Arguments(run, changes);
  auto program = Subprocess::Start(arguments, run + ".txt");
  ASSERT_OK(program);
  while ((*program)->Running() && LastMetric(run, "step").value_or(0) < 33) {
    usleep(100);
  }
  (*program)->Signal(SIGKILL);
  ASSERT_EQ((*program)->Wait(), 128 + SIGKILL) << ReadBytes(run + ".txt");
  EXPECT_TRUE(LastCheckpoint(run) != LastCheckpoint(whole));

  arguments.push_back("--resume");
  ASSERT_EQ(Run(run, arguments), 0) << ReadBytes(run + ".txt");
  EXPECT_TRUE(LastCheckpoint(run) == LastCheckpoint(whole));
}

// A file that can't be read, by its name in the folder, and why.
struct BrokenFile {
  std::string name;
  std::string reason;
};

class BrokenVideos : public VideoTraining {
 protected:
  // Whole clips beside the broken ones, one each, so that a replacement is
  // near.
  void WriteFiles() {
    WriteClips();
    whole_ = ReadBytes(clips_ + "/a/0.mp4");
    Add("empty.mp4", "", "must be a video, got an empty file");
    Add("text.mp4", "Not a film.\n", "must be a video: Invalid data found");
    Add("cut.mp4", whole_.substr(0, whole_.size() / 2),
        "must be a video: Invalid data found");
    // A stream that says of itself that it is sound.
    std::string sound = whole_;
    sound.replace(sound.find("vide", sound.find("hdlr")), 4, "soun");
    Add("sound.mp4", sound, "must have a video stream");
  }

  // The corpus, each file under its own name; which of them are broken and why
  // is what an index of the file alone says.
  void AddCorpus() {
    std::vector<fs::path> paths;
    for (const auto& entry :
         fs::recursive_directory_iterator(DataFolder() + "/malformed-videos")) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    ASSERT_GE(paths.size(), 20U);
    for (const fs::path& path : paths) {
      const absl::Status status = MakeIndex(path, {}).status();
      Add(path.filename(), ReadBytes(path), std::string(status.message()));
      if (status.ok()) broken_.pop_back();
    }
  }

  void Add(const std::string& name, const std::string& bytes,
           const std::string& reason) {
    WriteBytes(clips_ + "/a/" + name, bytes);
    WriteBytes(clips_ + "/a/" + name + ".whole.mp4", whole_);
    broken_.push_back({"a/" + name, reason});
  }

  // Every broken file is named once, with its reason, and nothing else is. Any
  // may be replaced as the first, which tells the shape of all.
  void ExpectNamedOnce(const std::string& output,
                       const std::string& fate) const {
    for (const BrokenFile& file : broken_) {
      EXPECT_EQ(
          CountOf(output, absl::StrCat(" (", file.name, "): ", file.reason)), 1)
          << file.name << ": " << file.reason << "\n"
          << output;
    }
    const int replaced = CountOf(output, "replaced: example ");
    const int others = fate == "replaced" ? 0 : CountOf(output, fate + ": ex");
    EXPECT_EQ(replaced + others, static_cast<int>(broken_.size())) << output;
  }

  // FFmpeg's lines begin with a part of it and its address: "[h264 @ 0x55d0]";
  // those of libraries below it with their names.
  static void ExpectNothingOfCodecs(const std::string& output) {
    for (const std::string sign : {" @ 0x", "x265 [", "dav1d", "libvpx"}) {
      EXPECT_EQ(CountOf(output, sign), 0) << output;
    }
  }

  // Three epochs, each one batch, so that each has whole clips.
  void ExpectTrainsToTheEnd() {
    const std::string batch = "epochs: 3 train { batch_size: 100 on_broken: ";
    for (const auto& [policy, fate] :
         std::vector<std::pair<std::string, std::string>>{
             {"SKIP", "left out"}, {"REPLACE", "replaced"}}) {
      const std::string run = folder_ + "/" + policy;
      ASSERT_EQ(Run(run, Arguments(run, {batch + policy + " }"})), 0)
          << ReadBytes(run + ".txt");
      EXPECT_EQ(LastMetric(run, "step"), 3);
      EXPECT_TRUE(LastMetric(run, "broken/train").has_value());
      const std::string output = ReadBytes(run + ".txt");
      ExpectNamedOnce(output, fate);
      ExpectNothingOfCodecs(output);
    }
  }

  std::string whole_;
  std::vector<BrokenFile> broken_;
};

TEST_F(BrokenVideos, AreLeftOutOrReplacedAndNamedOnce) {
  WriteFiles();
  ExpectTrainsToTheEnd();
}

TEST_F(BrokenVideos, OfTheCorpusAreLeftOutOrReplacedAndNamedOnce) {
  SKIP_WITHOUT_DATA();
  WriteFiles();
  AddCorpus();
  ExpectTrainsToTheEnd();
}

TEST_F(BrokenVideos, EndARunWithPathAndReason) {
  WriteFiles();
  const std::string aside = folder_ + "/aside";
  fs::create_directories(aside + "/a");
  for (const BrokenFile& file : broken_) {
    fs::rename(clips_ + "/" + file.name, aside + "/" + file.name);
  }
  for (const BrokenFile& file : broken_) {
    fs::copy_file(aside + "/" + file.name, clips_ + "/" + file.name);
    const std::string run = folder_ + file.name.substr(file.name.find('/'));
    EXPECT_EQ(Run(run, Arguments(run, {"epochs: 1"})), 1) << file.name;
    const std::string output = ReadBytes(run + ".txt");
    EXPECT_EQ(
        CountOf(output, absl::StrCat(" (", file.name, "): ", file.reason)), 1)
        << output;
    EXPECT_EQ(CountOf(output, "train: example "), 1) << output;
    ExpectNothingOfCodecs(output);
    fs::remove(clips_ + "/" + file.name);
  }
}

}  // namespace
}  // namespace toque
