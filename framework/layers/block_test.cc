#include "framework/layers/block.h"

#include <string>
#include <vector>

#include "ATen/ops/ones.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace toque {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Adds 1 to at most two values.
struct AddOne : Block {
  at::Tensor Forward(const at::Tensor& input) override {
    TORCH_CHECK(input.numel() <= 2, "input must have at most 2 values");
    return input.add(1);
  }
  std::string Describe() const override { return "AddOne"; }
};

struct Pair : Block {
  Pair() : first(Add("0", std::make_shared<AddOne>())), second(first) {}
  at::Tensor Forward(const at::Tensor& input) override {
    return (*second)((*first)(input));
  }
  std::shared_ptr<AddOne> first, second;
};

struct Root : Block {
  Root()
      : stem(Add("stem", std::make_shared<AddOne>())),
        layer2(Add("layer2", std::make_shared<Pair>())) {}
  at::Tensor Forward(const at::Tensor& input) override {
    return (*layer2)((*stem)(input.slice(0, 0, 2)).repeat(repeats));
  }
  int64_t repeats = 1;
  std::shared_ptr<AddOne> stem;
  std::shared_ptr<Pair> layer2;
};

// Keeps the paths it is told of; ends the forward at one.
struct Recorder : Observer {
  void Called(std::string_view path, const Block&, const at::Tensor&,
              const at::Tensor&) override {
    paths.emplace_back(path);
    if (path == stop) throw Stopped();
  }
  struct Stopped {};
  std::vector<std::string> paths;
  std::string stop = "nowhere";
};

class BlockTest : public testing::Test {
 protected:
  at::Tensor Call() { return (*root_)(at::ones({2})); }

  std::shared_ptr<Root> root_ = std::make_shared<Root>();
  Recorder recorder_;
};

TEST_F(BlockTest, AFaultNamesPathBlockInputAndWhatMustHold) {
  root_->repeats = 2;
  try {
    Call();
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_EQ(error.path(), "layer2.0");
    EXPECT_STREQ(error.what(),
                 "layer2.0: AddOne: input [4]: input must have at most 2 "
                 "values");
  }
}

TEST_F(BlockTest, AFaultOfTheModelItselfHasNoPath) {
  try {
    (*root_)(at::ones({}));  // no dimension to slice
    FAIL() << "nothing was thrown";
  } catch (const LayerError& error) {
    EXPECT_EQ(error.path(), "");
    EXPECT_THAT(error.what(), testing::StartsWith("block: input []: "));
  }
}

TEST_F(BlockTest, AnObserverSeesEachCallWithItsPath) {
  const ObserverScope scope(&recorder_);
  EXPECT_EQ(Call()[0].item<float>(), 4);
  EXPECT_THAT(recorder_.paths,
              ElementsAre("stem", "layer2.0", "layer2.0", "layer2", ""));
}

TEST_F(BlockTest, AnObserverSeesInputAndOutput) {
  struct : Observer {
    void Called(std::string_view path, const Block& block,
                const at::Tensor& input, const at::Tensor& output) override {
      if (path != "stem") return;
      EXPECT_EQ(block.Describe(), "AddOne");
      change = output.sub(input)[0].item<float>();
    }
    float change = 0;
  } observer;
  const ObserverScope scope(&observer);
  Call();
  EXPECT_EQ(observer.change, 1);
}

TEST_F(BlockTest, AllScopesObserve) {
  Recorder inner;
  const ObserverScope scope(&recorder_);
  {
    const ObserverScope inner_scope(&inner);
    Call();
  }
  EXPECT_EQ(inner.paths.size(), 5u);
  EXPECT_EQ(recorder_.paths, inner.paths);
  Call();
  EXPECT_EQ(inner.paths.size(), 5u);
  EXPECT_EQ(recorder_.paths.size(), 10u);
}

TEST_F(BlockTest, AScopeOfNoObserverHidesWhatIsInIt) {
  const ObserverScope scope(&recorder_);
  const ObserverScope hidden(nullptr);
  EXPECT_FALSE(Observed());
  Call();
  EXPECT_THAT(recorder_.paths, IsEmpty());
}

// Calls a model of its own inside, observed.
struct Nesting : Block {
  explicit Nesting(Observer* observer) : observer(observer) {}
  at::Tensor Forward(const at::Tensor& input) override {
    const ObserverScope scope(observer);
    return (*inside)(input);
  }
  Observer* observer;
  std::shared_ptr<Root> inside = Add("inside", std::make_shared<Root>());
};

TEST_F(BlockTest, EachScopeSeesPathsOfItsOwn) {
  Recorder inner;
  Nesting outer(&inner);
  const ObserverScope scope(&recorder_);
  outer(at::ones({2}));
  EXPECT_THAT(inner.paths,
              ElementsAre("inside.stem", "inside.layer2.0", "inside.layer2.0",
                          "inside.layer2", "inside"));
  EXPECT_THAT(recorder_.paths,
              ElementsAre("inside.stem", "inside.layer2.0", "inside.layer2.0",
                          "inside.layer2", "inside", ""));
}

TEST_F(BlockTest, PathsOfAnInnerScopeLackTheOuterBlocks) {
  Recorder inner;
  struct Outer : Block {
    explicit Outer(Observer* observer)
        : part(Add("part", std::make_shared<Nesting>(observer))) {}
    at::Tensor Forward(const at::Tensor& input) override {
      return (*part)(input);
    }
    std::shared_ptr<Nesting> part;
  } outer(&inner);
  const ObserverScope scope(&recorder_);
  outer(at::ones({2}));
  EXPECT_EQ(inner.paths[0], "inside.stem");
  EXPECT_EQ(recorder_.paths[0], "part.inside.stem");
}

TEST_F(BlockTest, AnObserverSeesACallBeforeItsPartsAndAfterThem) {
  struct : Recorder {
    void Entering(std::string_view path, const Block&,
                  const at::Tensor& input) override {
      entered.push_back(std::string(path) + "@" +
                        std::to_string(input.numel()));
    }
    std::vector<std::string> entered;
  } observer;
  const ObserverScope scope(&observer);
  root_->repeats = 2;
  EXPECT_THROW(Call(), LayerError);
  EXPECT_THAT(observer.entered,
              ElementsAre("@2", "stem@2", "layer2@4", "layer2.0@4"));
  EXPECT_THAT(observer.paths, ElementsAre("stem"));
}

TEST_F(BlockTest, IsObservedWithinTheScopeAlone) {
  EXPECT_FALSE(Observed());
  {
    const ObserverScope scope(&recorder_);
    EXPECT_TRUE(Observed());
  }
  EXPECT_FALSE(Observed());
  Call();
  EXPECT_THAT(recorder_.paths, IsEmpty());
}

TEST_F(BlockTest, PathsAreRightAfterAFaultOrAnEarlyEnd) {
  const ObserverScope scope(&recorder_);
  root_->repeats = 2;
  EXPECT_THROW(Call(), LayerError);
  root_->repeats = 1;
  recorder_.stop = "layer2.0";
  EXPECT_THROW(Call(), Recorder::Stopped);
  recorder_.stop = "nowhere";
  recorder_.paths.clear();
  Call();
  EXPECT_THAT(recorder_.paths,
              ElementsAre("stem", "layer2.0", "layer2.0", "layer2", ""));
}

TEST_F(BlockTest, ModeReachesEveryPart) {
  root_->eval();
  EXPECT_FALSE(root_->layer2->first->is_training());
  root_->train();
  EXPECT_TRUE(root_->layer2->first->is_training());
}

// Keeps the inputs that it is told of.
struct Inputs : Observer {
  void Called(std::string_view path, const Block&, const at::Tensor& input,
              const at::Tensor& output) override {
    if (path != "stem") return;
    seen.push_back(input);
    seen.push_back(output);
  }
  std::vector<at::Tensor> seen;
};

TEST_F(BlockTest, ForwardIsGivenWhatTheInputIsChangedTo) {
  const at::Tensor before = Call();
  root_->stem->ChangeInput([](const at::Tensor& x) { return x.add(1); });
  root_->stem->ChangeInput([](const at::Tensor& x) { return x.mul(10); });
  // (1 + 1) * 10 in place of 1.
  EXPECT_TRUE(Call().equal(before.add(19)));
  root_->stem->Recompute();
  EXPECT_TRUE(Call().equal(before.add(19)));
  Inputs inputs;
  const ObserverScope scope(&inputs);
  Call();
  ASSERT_EQ(inputs.seen.size(), 2u);
  EXPECT_TRUE(inputs.seen[0].equal(at::ones({2})));
  EXPECT_TRUE(inputs.seen[1].equal(at::ones({2}).mul(21)));
}

}  // namespace
}  // namespace toque
