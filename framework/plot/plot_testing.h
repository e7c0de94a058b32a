// What tests of pictures share.

#ifndef TOQUE_FRAMEWORK_PLOT_PLOT_TESTING_H_
#define TOQUE_FRAMEWORK_PLOT_PLOT_TESTING_H_

#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

#include "framework/testing/testing.h"

namespace toque {

inline std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string PathOf(const std::string& name) {
  static const std::string folder = TestFolder();
  return folder + "/" + name;
}

// Every element that is opened is closed, in order, and text holds no bare <
// or &.
inline void ExpectWellFormed(std::string svg) {
  svg = std::regex_replace(svg, std::regex(R"(<\?[^>]*\?>|<![^>]*>)"), "");
  const std::regex tag(R"(<(/?)([a-zA-Z]+)[^<>]*?(/?)>)");
  std::vector<std::string> open;
  for (std::sregex_iterator it(svg.begin(), svg.end(), tag), end; it != end;
       ++it) {
    if ((*it)[3].length() > 0) continue;
    if ((*it)[1].length() == 0) {
      open.push_back((*it)[2]);
      continue;
    }
    ASSERT_FALSE(open.empty());
    EXPECT_EQ(open.back(), (*it)[2]);
    open.pop_back();
  }
  EXPECT_TRUE(open.empty());
  const std::string text = std::regex_replace(svg, tag, "");
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("<")));
  EXPECT_FALSE(std::regex_search(text, std::regex("&(?![a-z#0-9]+;)")));
}

}  // namespace toque

#endif  // TOQUE_FRAMEWORK_PLOT_PLOT_TESTING_H_
