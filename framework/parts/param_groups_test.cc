#include "framework/parts/param_groups.h"

#include "ATen/ops/zeros.h"
#include "framework/testing/testing.h"
#include "google/protobuf/text_format.h"

namespace toque {
namespace {

Experiment WithGroups(const std::string& text) {
  Experiment experiment;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &experiment));
  return experiment;
}

// Two layers, each of a matrix and a vector.
NamedTensors TwoLayers() {
  NamedTensors parameters;
  for (const char* name :
       {"body.weight", "body.bias", "head.weight", "head.bias"}) {
    const bool matrix = std::string_view(name).ends_with("weight");
    parameters.emplace_back(name, matrix ? at::zeros({2, 3}) : at::zeros({2}));
    parameters.back().second.requires_grad_(true);
  }
  return parameters;
}

// "base: body.weight head.weight" of each group.
std::vector<std::string> Members(const std::vector<Group>& groups) {
  std::vector<std::string> all;
  for (const Group& group : groups) {
    std::string& text = all.emplace_back(group.name + ":");
    for (const auto& [name, tensor] : group.parameters) text += " " + name;
  }
  return all;
}

using testing::ElementsAre;

TEST(ParamGroupsTest, PutsEveryParameterIntoBaseWithoutRules) {
  const auto groups = MakeGroups(Experiment(), TwoLayers());
  ASSERT_OK(groups);
  EXPECT_THAT(Members(*groups),
              ElementsAre("base: body.weight body.bias head.weight head.bias"));
  EXPECT_EQ((*groups)[0].lr_scale, 1);
  EXPECT_EQ((*groups)[0].weight_decay_scale, 1);
}

TEST(ParamGroupsTest, ScalesWhatAPatternMatches) {
  const auto groups = MakeGroups(
      WithGroups("param_group { name: 'bias' match: 'bias$' lr_scale: 2 "
                 "weight_decay_scale: 0 }"),
      TwoLayers());
  ASSERT_OK(groups);
  EXPECT_THAT(Members(*groups), ElementsAre("base: body.weight head.weight",
                                            "bias: body.bias head.bias"));
  EXPECT_EQ((*groups)[1].lr_scale, 2);
  EXPECT_EQ((*groups)[1].weight_decay_scale, 0);
}

TEST(ParamGroupsTest, MatchesVectorsByTheirDimension) {
  const auto groups =
      MakeGroups(WithGroups("param_group { name: 'v' one_dimensional: true }"),
                 TwoLayers());
  ASSERT_OK(groups);
  EXPECT_THAT(Members(*groups), ElementsAre("base: body.weight head.weight",
                                            "v: body.bias head.bias"));
}

TEST(ParamGroupsTest, GivesAParameterToTheFirstGroupThatMatches) {
  const auto groups =
      MakeGroups(WithGroups("param_group { name: 'head' match: '^head' }"
                            "param_group { name: 'bias' match: 'bias$' }"),
                 TwoLayers());
  ASSERT_OK(groups);
  EXPECT_THAT(Members(*groups),
              ElementsAre("base: body.weight", "head: head.weight head.bias",
                          "bias: body.bias"));
}

TEST(ParamGroupsTest, LeavesAnEmptyBaseOut) {
  const auto groups = MakeGroups(
      WithGroups("param_group { name: 'all' match: '' }"), TwoLayers());
  ASSERT_OK(groups);
  EXPECT_THAT(Members(*groups),
              ElementsAre("all: body.weight body.bias head.weight head.bias"));
}

TEST(ParamGroupsTest, FreezesWhatAFrozenGroupMatches) {
  const NamedTensors parameters = TwoLayers();
  const auto groups = MakeGroups(
      WithGroups("param_group { name: 'body' match: '^body' frozen: true }"),
      parameters);
  ASSERT_OK(groups);
  EXPECT_THAT(Members(*groups), ElementsAre("base: head.weight head.bias"));
  EXPECT_FALSE(parameters[0].second.requires_grad());
  EXPECT_FALSE(parameters[1].second.requires_grad());
  EXPECT_TRUE(parameters[2].second.requires_grad());
}

TEST(ParamGroupsTest, RefusesAPatternThatMatchesNothing) {
  EXPECT_THAT(
      MakeGroups(WithGroups("param_group { name: 'norm' match: 'norm' }"),
                 TwoLayers()),
      FailsWith("param_group \"norm\": must match a parameter (there are "
                "body.weight, body.bias, head.weight, head.bias), got match "
                "\"norm\""));
}

TEST(ParamGroupsTest, RefusesAPatternOfWhichEarlierGroupsHoldAll) {
  EXPECT_THAT(
      MakeGroups(WithGroups("param_group { name: 'head' match: '^head' }"
                            "param_group { name: 'last' match: 'head.bias' }"),
                 TwoLayers()),
      FailsWith("param_group \"last\": must match a parameter that no earlier "
                "group matches, as the first holds it, got match "
                "\"head.bias\""));
}

TEST(ParamGroupsTest, RefusesAPatternThatIsNone) {
  EXPECT_THAT(MakeGroups(WithGroups("param_group { name: 'x' match: '(' }"),
                         TwoLayers()),
              FailsWith("param_group \"x\": match must be a regular "
                        "expression, got ("));
}

TEST(ParamGroupsTest, RefusesToFreezeEverything) {
  EXPECT_THAT(
      MakeGroups(
          WithGroups("param_group { name: 'x' match: '.' frozen: true }"),
          TwoLayers()),
      FailsWith("a parameter must be left to train"));
}

}  // namespace
}  // namespace toque
