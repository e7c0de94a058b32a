// CPU time of frames of clips, from the opening of a clip to RGB.
//
//   video MODE REQUESTS INDEX_FOLDER
//
// REQUESTS is a text file, made by peers/video.py: a line for each clip and
// number of frames, with tabs between a name of the group, the path, and the
// frames' numbers with blanks between them. Prints {"ready":1}; then for every
// line read it serves all requests once and prints a JSON object with the
// requests and CPU seconds of each group. Modes:
//
//   file    from the files
//   open    opens the files and decodes nothing
//   packed  from packed clips in memory, with the files' own packets
//   short   the same with short groups, which are coded anew
//   jpeg    from pictures in memory, JPEG of quality 90
//   sizes   prints the bytes of each of these forms, and ends
//   hash    prints a line with the XXH64 of each wanted frame, and ends
//   opens   opens the clips in turn 10,000 times and reads a frame each time;
//           after every 1,000 prints how many descriptors are open and how much
//           memory is resident, and ends
//   threads prints the wall seconds of all requests for one thread and for two,
//           in turn, and ends

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "framework/codec/encode.h"
#include "framework/image/image.h"
#include "framework/video/packed_clip.h"
#include "framework/video/video_reader.h"
#include "framework/video_index/make_index.h"
#include "glog/logging.h"
#include "tests/benchmarks/measure.h"
#include "xxhash.h"

namespace toque {
namespace {

constexpr int kJpegQuality = 90;

struct Request {
  std::string group;
  std::string path;
  std::vector<int64_t> frames;
};

// A clip in a form that it may be kept in.
struct Kept {
  std::string packed;
  std::vector<std::string> pictures;

  size_t bytes() const {
    size_t sum = packed.size();
    for (const std::string& picture : pictures) sum += picture.size();
    return sum;
  }
};

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::vector<Request> ReadRequests(const char* path) {
  std::vector<Request> requests;
  std::ifstream list(path);
  for (std::string line; std::getline(list, line);) {
    Request& request = requests.emplace_back();
    std::istringstream fields(line);
    std::getline(fields, request.group, '\t');
    std::getline(fields, request.path, '\t');
    for (int64_t frame; fields >> frame;) request.frames.push_back(frame);
    CHECK(!request.frames.empty()) << line;
  }
  CHECK(!requests.empty()) << path << " holds no request";
  return requests;
}

class Server {
 public:
  Server(std::string mode, std::string folder)
      : mode_(std::move(mode)), folder_(folder), reader_({}, folder) {}

  // The wanted frames, in images() until the next call.
  void Serve(const Request& request) {
    while (images_.size() < request.frames.size()) {
      pointers_.push_back(&images_.emplace_back());
    }
    if (mode_ == "jpeg") return ServePictures(request);
    if (mode_ == "packed" || mode_ == "short") {
      CHECK(reader_.Open(BytesOf(KeptOf(request.path).packed)).ok());
    } else {
      const absl::Status opened = reader_.Open(request.path);
      CHECK(opened.ok()) << request.path << ": " << opened;
    }
    if (mode_ == "open") return;
    const absl::Status read = reader_.Read(
        request.frames,
        absl::MakeConstSpan(pointers_).first(request.frames.size()));
    CHECK(read.ok()) << request.path << ": " << read;
  }

  Image& image(size_t i) { return images_[i]; }

  const Kept& KeptOf(const std::string& path) {
    const auto [entry, isnew] = kept_.try_emplace(path);
    if (isnew) Keep(path, &entry->second);
    return entry->second;
  }

 private:
  void Keep(const std::string& path, Kept* kept) {
    const auto index = IndexOf(path, folder_, {});
    CHECK(index.ok()) << path << ": " << index.status();
    if (mode_ == "jpeg") return KeepPictures(path, index->size(), kept);
    auto packed = mode_ == "short"
                      ? PackShortGroups(path, *index, ShortGroups(), {})
                      : PackOriginal(path, *index, {});
    CHECK(packed.ok()) << path << ": " << packed.status();
    kept->packed = *std::move(packed);
  }

  void KeepPictures(const std::string& path, int64_t frames, Kept* kept) {
    CHECK(reader_.Open(path).ok());
    constexpr int64_t kAtOnce = 16;
    for (int64_t begin = 0; begin < frames; begin += kAtOnce) {
      std::vector<int64_t> numbers;
      std::vector<Image> images(kAtOnce);
      std::vector<Image*> pointers;
      for (int64_t i = begin; i < std::min(frames, begin + kAtOnce); ++i) {
        pointers.push_back(&images[numbers.size()]);
        numbers.push_back(i);
      }
      CHECK(reader_.Read(numbers, pointers).ok());
      for (Image* image : pointers) {
        const auto pixels = image->Edit();
        kept->pictures.push_back(*EncodeJpeg(
            {pixels->data, pixels->height, pixels->width, 3}, kJpegQuality));
      }
    }
  }

  void ServePictures(const Request& request) {
    const Kept& kept = KeptOf(request.path);
    for (size_t i = 0; i < request.frames.size(); ++i) {
      const auto frame = static_cast<size_t>(request.frames[i]);
      CHECK(images_[i].Open(BytesOf(kept.pictures[frame])).ok());
      CHECK(images_[i].Edit().ok());
    }
  }

  const std::string mode_;
  const std::string folder_;
  VideoReader reader_;
  std::deque<Image> images_;
  std::vector<Image*> pointers_;
  std::map<std::string, Kept> kept_;
};

struct Sum {
  int requests = 0;
  double seconds = 0;
};

std::map<std::string, Sum> Pass(const std::vector<Request>& requests,
                                Server* server) {
  std::map<std::string, Sum> sums;
  for (size_t i = 0; i < requests.size();) {
    const std::string& group = requests[i].group;
    Sum& sum = sums[group];
    const double start = CpuSeconds();
    for (; i < requests.size() && requests[i].group == group; ++i) {
      server->Serve(requests[i]);
      ++sum.requests;
    }
    sum.seconds += CpuSeconds() - start;
  }
  return sums;
}

void PrintHashes(const std::vector<Request>& requests, Server* server) {
  for (const Request& request : requests) {
    server->Serve(request);
    for (size_t i = 0; i < request.frames.size(); ++i) {
      const auto pixels = server->image(i).Edit();
      const int64_t bytes = pixels->height * pixels->width * pixels->channels;
      std::printf("%s%016" PRIx64, i == 0 ? "" : " ",
                  XXH64(pixels->data, static_cast<size_t>(bytes), 0));
    }
    std::printf("\n");
  }
}

void PrintSizes(const std::vector<Request>& requests,
                const std::string& folder) {
  for (const char* mode : {"packed", "short", "jpeg"}) {
    Server server(mode, folder);
    std::map<std::string, size_t> sizes;
    for (const Request& request : requests) {
      sizes[request.path] = server.KeptOf(request.path).bytes();
    }
    for (const auto& [path, size] : sizes) {
      std::printf("%s\t%s\t%zu\n", mode, path.c_str(), size);
    }
  }
}

int64_t OpenDescriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                       {});
}

double ResidentMebibytes() {
  int64_t all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

void OpenMany(const std::vector<Request>& requests, Server* server) {
  constexpr int64_t kOpens = 10'000, kEach = 1'000;
  for (int64_t i = 0; i < kOpens; ++i) {
    Request one = requests[static_cast<size_t>(i) % requests.size()];
    one.frames.resize(1);
    server->Serve(one);
    if ((i + 1) % kEach != 0) continue;
    std::printf("%" PRId64 " opens: %" PRId64 " descriptors, %.2f MiB\n", i + 1,
                OpenDescriptors(), ResidentMebibytes());
  }
}

// Of all requests, each served once by one of the servers, a thread each.
double WallSecondsOf(const std::vector<Request>& requests,
                     const std::vector<Server*>& servers) {
  std::atomic<size_t> next = 0;
  std::vector<std::thread> threads;
  const double start = WallSeconds();
  for (Server* const server : servers) {
    threads.emplace_back([&requests, &next, server] {
      for (size_t i = next++; i < requests.size(); i = next++) {
        server->Serve(requests[i]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return WallSeconds() - start;
}

void CompareThreads(const std::vector<Request>& requests, const char* folder) {
  Server first("file", folder), second("file", folder);
  WallSecondsOf(requests, {&first, &second});  // makes indexes
  for (int round = 0; round < 9; ++round) {
    const double one = WallSecondsOf(requests, {&first});
    const double two = WallSecondsOf(requests, {&first, &second});
    std::printf("%.3f s, two threads %.3f s, %.3f\n", one, two, one / two);
  }
}

int Main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "video MODE REQUESTS INDEX_FOLDER: all must be given\n";
    return 1;
  }
  const std::string mode = argv[1];
  const std::vector<Request> requests = ReadRequests(argv[2]);
  Server server(mode, argv[3]);
  if (mode == "threads") return CompareThreads(requests, argv[3]), 0;
  if (mode == "sizes") return PrintSizes(requests, argv[3]), 0;
  if (mode == "hash") return PrintHashes(requests, &server), 0;
  if (mode == "opens") return OpenMany(requests, &server), 0;
  Pass(requests, &server);  // makes indexes and the forms that are kept
  std::cout << "{\"ready\":1}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::string text;
    for (const auto& [group, sum] : Pass(requests, &server)) {
      absl::StrAppend(&text, text.empty() ? "" : ",", "\"", group, "\":[",
                      sum.requests, ",", sum.seconds, "]");
    }
    std::cout << "{" << text << "}" << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace toque

int main(int argc, char** argv) { return toque::Main(argc, argv); }
