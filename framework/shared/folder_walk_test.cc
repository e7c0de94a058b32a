#include "framework/shared/folder_walk.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "framework/testing/testing.h"
#include "glog/logging.h"

namespace toque {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class FolderWalkTest : public testing::Test {
 protected:
  void Touch(const std::string& path) const {
    fs::create_directories(fs::path(folder_ + "/" + path).parent_path());
    std::ofstream(folder_ + "/" + path).flush();
  }
  void Link(const std::string& target, const std::string& path) const {
    fs::create_symlink(target, folder_ + "/" + path);
  }

  const std::string folder_ = TestFolder();
};

TEST_F(FolderWalkTest, FindsPicturesByTheEndingOfTheirNames) {
  for (const char* name :
       {"a.jpg", "b.JPEG", "c.Png", "d.webp", "e.bmp", "f.ppm", "g.pgm",
        "h.pbm", "i.pnm", "j.gif", "k.txt", "jpg", "l.jpg.gz", ".m.jpg",
        "n.jfif", "o.jpe", "p.JFI", "q.dib"}) {
    Touch(name);
  }
  EXPECT_THAT(*FilesIn(folder_, Files::kPictures),
              ElementsAre("a.jpg", "b.JPEG", "c.Png", "d.webp", "e.bmp",
                          "f.ppm", "g.pgm", "h.pbm", "i.pnm", "j.gif", "n.jfif",
                          "o.jpe", "p.JFI", "q.dib"));
}

TEST_F(FolderWalkTest, FindsVideosByTheEndingOfTheirNames) {
  for (const char* name :
       {"a.mp4", "b.AVI", "c.mkv", "d.Mov", "e.webm", "f.mpg", "g.mpeg",
        "h.m4v", "i.wmv", "j.flv", "k.ts", "l.3gp", "m.ogv", "n.jpg", "o.gif",
        "mp4", "p.mp4.part"}) {
    Touch(name);
  }
  EXPECT_THAT(*FilesIn(folder_, Files::kVideos),
              ElementsAre("a.mp4", "b.AVI", "c.mkv", "d.Mov", "e.webm", "f.mpg",
                          "g.mpeg", "h.m4v", "i.wmv", "j.flv", "k.ts", "l.3gp",
                          "m.ogv"));
}

TEST_F(FolderWalkTest, AsksForVideosWhereTheyAreWanted) {
  Touch("a/x.png");
  EXPECT_THAT(ClassFiles(folder_, {"a"}, Files::kVideos),
              FailsWith("/a: a class folder must hold a video"));
}

struct Warnings : google::LogSink {
  Warnings() { google::AddLogSink(this); }
  ~Warnings() override { google::RemoveLogSink(this); }
  using google::LogSink::send;
  void send(google::LogSeverity, const char*, const char*, int,
            const google::LogMessageTime&, const char* message,
            size_t size) override {
    texts.emplace_back(message, size);
  }
  std::vector<std::string> texts;
};

TEST_F(FolderWalkTest, WarnsOnceOfFilesThatArePassedOver) {
  for (const char* name : {"a/x.png", "b/y.png", "b/z.tif", "b/c/u.tif",
                           "b/w.avif", "notes.txt"}) {
    Touch(name);
  }
  const Warnings warnings;
  EXPECT_OK(ClassFiles(folder_, {"a"}, Files::kPictures));
  EXPECT_THAT(warnings.texts, IsEmpty());
  EXPECT_OK(ClassFiles(folder_, {"a", "b"}, Files::kPictures));
  EXPECT_THAT(
      warnings.texts,
      ElementsAre(folder_ + ": passed over 3 files of other endings than "
                            "pictures have (first: b/w.avif)"));
}

// As Python's sorted(os.walk(folder)) and sorted(files).
TEST_F(FolderWalkTest, GoesFolderByFolder) {
  for (const char* name : {"x.png", "b/y.png", "b/a/z.png", "b-c/w.png",
                           "B/v.png", ".hidden/u.png"}) {
    Touch(name);
  }
  EXPECT_THAT(
      *FilesIn(folder_, Files::kPictures),
      ElementsAre("x.png", "B/v.png", "b/y.png", "b-c/w.png", "b/a/z.png"));
  EXPECT_THAT(*Subfolders(folder_), ElementsAre("B", "b", "b-c"));
  EXPECT_THAT(*Subfolders(folder_ + "/B"), IsEmpty());
}

TEST_F(FolderWalkTest, FollowsLinks) {
  Touch("a/x.png");
  fs::create_directory(folder_ + "/b");
  Link("../a", "b/c");
  Link("../a/x.png", "b/y.png");
  Link("nowhere", "b/z.png");  // a file that has vanished
  EXPECT_THAT(*FilesIn(folder_ + "/b", Files::kPictures),
              ElementsAre("y.png", "z.png", "c/x.png"));
}

TEST_F(FolderWalkTest, RefusesALinkThatLeadsBack) {
  Touch("a/b/x.png");
  Link("..", "a/b/up");
  EXPECT_THAT(FilesIn(folder_, Files::kPictures),
              FailsWith("/a/b/up: a link must not lead back to a folder that "
                        "it lies in"));
  fs::remove(folder_ + "/a/b/up");
  Link("self", "a/self");
  EXPECT_THAT(FilesIn(folder_, Files::kPictures),
              FailsWith("/a/self: a link must not lead back to itself"));
}

TEST_F(FolderWalkTest, NamesAFolderThatIsMissing) {
  const std::string text = "/none: can't be opened: No such file or directory";
  EXPECT_THAT(Subfolders(folder_ + "/none"), FailsWith(text));
  EXPECT_THAT(FilesIn(folder_ + "/none", Files::kVideos), FailsWith("/none"));
}

TEST(HasEndingTest, LooksAtTheEndingInAnyCase) {
  EXPECT_TRUE(HasEnding(Files::kPictures, "a.mp4/b.JPG"));
  EXPECT_FALSE(HasEnding(Files::kVideos, "a.mp4/b.JPG"));
  EXPECT_TRUE(HasEnding(Files::kVideos, "b.jpg.WebM"));
  EXPECT_FALSE(HasEnding(Files::kPictures, "jpg"));
  EXPECT_FALSE(HasEnding(Files::kVideos, "mp4.txt"));
}

TEST(NaturalLessTest, OrdersNumbersByTheirValue) {
  // "01" and "1" have one value; bytes decide.
  const std::vector<std::string> expected = {"",
                                             "01",
                                             "1",
                                             "2",
                                             "10",
                                             "a",
                                             "a1",
                                             "a1b",
                                             "a2",
                                             "a10",
                                             "a10b2",
                                             "a10b10",
                                             "a99999999999999999999",
                                             "b",
                                             "\xc3\xa4"};
  std::vector<std::string> sorted(expected.rbegin(), expected.rend());
  std::ranges::sort(sorted, NaturalLess);
  EXPECT_EQ(sorted, expected);
}

}  // namespace
}  // namespace toque
