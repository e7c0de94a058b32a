// Readers of clips for data sets, which are read from several threads.

#ifndef TOQUE_FRAMEWORK_VIDEO_READER_POOL_H_
#define TOQUE_FRAMEWORK_VIDEO_READER_POOL_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "framework/video/video_reader.h"

namespace toque {

// Lends readers. There are as many as were ever lent at one time.
class ReaderPool {
 public:
  explicit ReaderPool(VideoLimits limits = {}, std::string index_folder = {})
      : limits_(std::move(limits)), index_folder_(std::move(index_folder)) {}

  // A reader that goes back, without its clip, when this ends.
  class Loan {
   public:
    Loan(Loan&&) noexcept = default;
    ~Loan() {
      if (reader_ == nullptr) return;
      reader_->Close();
      pool_->GiveBack(std::move(reader_));
    }
    VideoReader& operator*() const { return *reader_; }
    VideoReader* operator->() const { return reader_.get(); }

   private:
    friend class ReaderPool;
    Loan(ReaderPool* pool, std::unique_ptr<VideoReader> reader)
        : pool_(pool), reader_(std::move(reader)) {}
    ReaderPool* pool_;
    std::unique_ptr<VideoReader> reader_;
  };

  // Never waits. The pool outlives the loan.
  Loan Take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<VideoReader> reader = std::move(idle_.back());
        idle_.pop_back();
        return {this, std::move(reader)};
      }
    }
    return {this, std::make_unique<VideoReader>(limits_, index_folder_)};
  }

 private:
  void GiveBack(std::unique_ptr<VideoReader> reader) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(reader));
  }

  const VideoLimits limits_;
  const std::string index_folder_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<VideoReader>> idle_;
};

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_VIDEO_READER_POOL_H_
