#include "framework/layers/conv_size.h"

#include <string>

#include "ATen/ops/max_pool1d.h"
#include "ATen/ops/zeros.h"
#include "framework/layers/layers.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

// The first layers of ResNet and AlexNet.
static_assert(ConvSize(224, {.kernel = 7, .stride = 2, .padding = 3}) == 112);
static_assert(ConvSize(224, {.kernel = 11, .stride = 4, .padding = 2}) == 55);

// Calls `check` with every window of a grid and every size that it fits into,
// and at least one that it doesn't.
template <typename Check>
void ForEachSetting(const Check& check) {
  for (int64_t kernel = 1; kernel <= 4; ++kernel) {
    for (int64_t stride = 1; stride <= 3; ++stride) {
      for (int64_t padding = 0; padding <= 2; ++padding) {
        for (int64_t dilation = 1; dilation <= 3; ++dilation) {
          for (int64_t size = 1; size <= 11; size += 2) {
            check(size, Window{kernel, stride, padding, dilation});
          }
        }
      }
    }
  }
}

std::string Text(int64_t size, const Window& w) {
  return std::to_string(size) + ": kernel " + std::to_string(w.kernel) +
         " stride " + std::to_string(w.stride) + " padding " +
         std::to_string(w.padding) + " dilation " + std::to_string(w.dilation);
}

// The size that LibTorch makes, or 0 where it refuses to.
template <typename Forward>
int64_t SizeOrNone(const Forward& forward) {
  try {
    return forward().size(-1);
  } catch (const c10::Error&) {
    return 0;
  } catch (const LayerError&) {
    return 0;
  }
}

TEST(ConvSizeTest, IsThatOfConvolutions) {
  int refused = 0;
  ForEachSetting([&refused](int64_t size, const Window& window) {
    const Layer conv = Conv1d({.kernel = window.kernel,
                               .stride = window.stride,
                               .padding = window.padding,
                               .dilation = window.dilation});
    const int64_t expected = SizeOrNone([&] {
      return (*conv)(at::zeros({1, 1, size}));
    });
    if (expected == 0) ++refused;
    ASSERT_EQ(ConvSize(size, window), expected) << Text(size, window);
  });
  EXPECT_GT(refused, 0);
}

TEST(ConvSizeTest, RoundedUpIsThatOfPooling) {
  ForEachSetting([](int64_t size, const Window& window) {
    if (2 * window.padding > window.kernel) return;  // LibTorch refuses it
    const int64_t expected = SizeOrNone([&] {
      return at::max_pool1d(at::zeros({1, 1, size}), window.kernel,
                            window.stride, window.padding, window.dilation,
                            /*ceil_mode=*/true);
    });
    ASSERT_EQ(PoolSizeRoundedUp(size, window), expected) << Text(size, window);
  });
}

TEST(TransposedConvSizeTest, IsThatOfTransposedConvolutions) {
  ForEachSetting([](int64_t size, const Window& window) {
    for (int64_t more = 0; more < window.stride; ++more) {
      const Layer conv = ConvTranspose2d({.kernel = {1, window.kernel},
                                          .stride = {1, window.stride},
                                          .padding = {0, window.padding},
                                          .dilation = {1, window.dilation}},
                                         {0, more});
      const int64_t expected = SizeOrNone([&] {
        return (*conv)(at::zeros({1, 1, 1, size}));
      });
      ASSERT_EQ(TransposedConvSize(size, window, more), expected)
          << Text(size, window) << " output padding " << more;
    }
  });
}

}  // namespace
}  // namespace toque
