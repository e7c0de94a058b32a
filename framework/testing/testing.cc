#include "framework/testing/testing.h"

#include <cstdlib>
#include <filesystem>

#include "glog/logging.h"
#include "google/protobuf/text_format.h"

namespace toque {

google::protobuf::Any AnyOf(std::string_view plugin, std::string_view options) {
  google::protobuf::Any any;
  any.set_type_url("type.googleapis.com/" + std::string(plugin));
  if (options.empty()) return any;
  auto message = UnpackOptions(any);
  CHECK(message.ok()) << message.status();
  CHECK(google::protobuf::TextFormat::ParseFromString(std::string(options),
                                                      message->get()))
      << plugin << ": " << options;
  any.set_value((*message)->SerializePartialAsString());
  return any;
}

std::string DataFolder() {
  const char* folder = std::getenv("TOQUE_DATA");
  return folder == nullptr ? "" : folder;
}

std::string TestFolder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name();
  for (char& c : name) c = c == '/' ? '_' : c;
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / name;
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

}  // namespace toque
