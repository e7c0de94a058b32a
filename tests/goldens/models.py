"""Prints what the models of PyTorch's tutorials give, for the tests of models/.

Of each model, made after manual_seed(0): the logits of two examples in
evaluation, and the cross-entropy in training before and after a step of SGD.
Regenerate with torch 2.11:

  python3 tests/goldens/models.py
"""
import torch
from torch import nn
from torch.nn import functional


class ConvNet(nn.Module):
    """Two blocks and a linear layer, for 28x28 images."""

    def __init__(self):
        super().__init__()
        self.layer1 = self.block(1, 16)
        self.layer2 = self.block(16, 32)
        self.fc = nn.Linear(7 * 7 * 32, 10)

    @staticmethod
    def block(channels, out):
        return nn.Sequential(
            nn.Conv2d(channels, out, kernel_size=5, padding=2),
            nn.BatchNorm2d(out), nn.ReLU(), nn.MaxPool2d(2))

    def forward(self, x):
        return self.fc(self.layer2(self.layer1(x)).flatten(1))


class ResidualBlock(nn.Module):
    """He et al., 2016; names of akamaster's pytorch_resnet_cifar10."""

    def __init__(self, shortcut, channels, out):
        super().__init__()
        stride = 1 if channels == out else 2
        self.new = out - channels
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.shortcut = nn.Sequential()
        if self.new and shortcut == "B":
            self.shortcut = nn.Sequential(
                nn.Conv2d(channels, out, 1, stride, bias=False),
                nn.BatchNorm2d(out))
        self.pads = self.new and shortcut == "A"

    def forward(self, x):
        past = self.shortcut(x)
        if self.pads:
            half = self.new // 2
            past = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, half, half))
        hidden = functional.relu(self.bn1(self.conv1(x)))
        return functional.relu(self.bn2(self.conv2(hidden)) + past)


class CifarResNet(nn.Module):
    """6 n + 2 layers, for 32x32 images."""

    def __init__(self, depth, shortcut):
        super().__init__()
        count = (depth - 2) // 6
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        stages = []
        for channels, out in [(16, 16), (16, 32), (32, 64)]:
            stages.append(nn.Sequential(*[
                ResidualBlock(shortcut, out if i else channels, out)
                for i in range(count)]))
        self.layer1, self.layer2, self.layer3 = stages
        self.linear = nn.Linear(64, 10)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


class Recurrent(nn.Module):
    """Two recurrent layers and a linear one, after the last step or each."""

    def __init__(self, kind, every):
        super().__init__()
        self.every = every
        self.layers = kind(3, 8, 2, batch_first=True)
        self.fc = nn.Linear(8, 6)

    def forward(self, x):
        steps, _ = self.layers(x)
        return (self.fc(steps).transpose(1, 2)[..., 2] if self.every
                else self.fc(steps[:, -1]))


def show(name, make, *shape):
    """Prints the logits and losses for the input sin(0), sin(1), ..."""
    torch.manual_seed(0)
    model = make()
    count = torch.Size(shape).numel()
    x = torch.arange(count).double().sin().float().reshape(shape)
    target = torch.tensor([3, 5])
    logits = model.eval()(x)
    print(name, "logits[1]", [round(v, 6) for v in logits[1].tolist()])
    model.train()
    losses = []
    for _ in range(2):
        loss = functional.cross_entropy(model(x), target)
        losses.append(round(loss.item(), 6))
        loss.backward()
        torch.optim.SGD(model.parameters(), lr=0.01).step()
    print(name, "losses", losses)


show("ConvNet", ConvNet, 2, 1, 28, 28)
show("Mlp", lambda: nn.Sequential(nn.Linear(32, 32), nn.ReLU(),
                                  nn.Linear(32, 10)), 2, 32)
show("CifarResNet 20 A", lambda: CifarResNet(20, "A"), 2, 3, 32, 32)
show("CifarResNet 14 B", lambda: CifarResNet(14, "B"), 2, 3, 32, 32)
for kind in nn.LSTM, nn.GRU:
    show(kind.__name__, lambda: Recurrent(kind, False), 2, 5, 3)
    show(kind.__name__ + ", third step", lambda: Recurrent(kind, True), 2, 5, 3)
for depth in 20, 32, 44, 56, 110:
    for shortcut in "AB":
        print("CifarResNet", depth, shortcut, "parameters", sum(
            p.numel() for p in CifarResNet(depth, shortcut).parameters()))
