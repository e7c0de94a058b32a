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
