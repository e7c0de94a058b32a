// What every test of the tree uses: plugins from text, and matchers of errors.

#ifndef TOQUE_FRAMEWORK_TESTING_TESTING_H_
#define TOQUE_FRAMEWORK_TESTING_TESTING_H_

#include <string>
#include <string_view>

#include "framework/core/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {

// Options as they stand in an experiment: AnyOf("recipe.Shuffle", "").
google::protobuf::Any AnyOf(std::string_view plugin, std::string_view options);

// The plugin made from options in text form; the place in errors is "here".
template <typename Kind>
Made<Kind> Make(std::string_view plugin, std::string_view options = "",
                const Context& context = Context()) {
  return Build<Kind>(AnyOf(plugin, options), context.At("here"));
}

// As Make, and the test ends where the options are not accepted.
template <typename Kind>
Handle<Kind> MakeOrDie(std::string_view plugin, std::string_view options = "",
                       const Context& context = Context()) {
  Made<Kind> made = Make<Kind>(plugin, options, context);
  if (!made.ok()) {
    ADD_FAILURE() << made.status();
    std::abort();
  }
  return *std::move(made);
}

// The folder of real test data, or "" without one; see SKIP_WITHOUT_DATA.
std::string DataFolder();
// A folder of this test's own, empty at first and removed by Bazel.
std::string TestFolder();

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}
template <typename Value>
const absl::Status& StatusOf(const absl::StatusOr<Value>& value) {
  return value.status();
}

// EXPECT_THAT(status, IsOk());
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}
// EXPECT_THAT(Make<Loss>(...), FailsWith("delta must be above 0, got -1"));
MATCHER_P(FailsWith, text, std::string("is an error that contains ") + text) {
  *result_listener << StatusOf(arg).ToString();
  return !StatusOf(arg).ok() && std::string_view(StatusOf(arg).message().data(),
                                                 StatusOf(arg).message().size())
                                        .find(text) != std::string_view::npos;
}

}  // namespace toque

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::toque::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::toque::IsOk())

// Skips the test, with a message, where the folder of test data is not given.
#define SKIP_WITHOUT_DATA()          \
  if (::toque::DataFolder().empty()) \
  GTEST_SKIP() << "TOQUE_DATA is not set: it names the folder of test data"

#endif  // TOQUE_FRAMEWORK_TESTING_TESTING_H_
