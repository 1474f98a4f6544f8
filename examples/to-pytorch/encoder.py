"""The encoders of the package in PyTorch, with torchvision's names of ResNet's weights."""

from torch import nn


class BatchNorm(nn.BatchNorm2d):
    """Batch normalization whose running variance is biased, as TensorFlow.js keeps it."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        count = x.numel() / x.shape[1]
        kept = self.running_var.clone() * (1 - self.momentum)
        y = super().forward(x)
        self.running_var.data.sub_(kept).mul_((count - 1) / count).add_(kept)
        return y


def convolution(inputs, filters, kernel, stride=1):
    return nn.Conv2d(inputs, filters, kernel, stride, padding=(kernel - 1) // 2, bias=False)


class Block(nn.Module):
    """A basic block (two 3x3 convolutions) or a bottleneck (1x1, 3x3 and 1x1)."""

    def __init__(self, convolutions, shortcut):
        super().__init__()
        for i, shape in enumerate(convolutions, 1):
            setattr(self, f"conv{i}", convolution(*shape))
            setattr(self, f"bn{i}", BatchNorm(shape[1]))
        self.depth = len(convolutions)
        self.downsample = nn.Sequential(convolution(*shortcut), BatchNorm(shortcut[1])) if shortcut else nn.Identity()

    def forward(self, x):
        y = x
        for i in range(1, self.depth + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            y = y.relu() if i < self.depth else y
        return (y + self.downsample(x)).relu()


class Encoder(nn.Module):
    """Built from the form that toPytorch.ts read off the model: convolutions [inputs, filters, kernel, stride]."""

    def __init__(self, form):
        super().__init__()
        stem = []
        for i, shape in enumerate(form["stem"], 1):
            setattr(self, f"conv{i}", convolution(*shape))
            setattr(self, f"bn{i}", BatchNorm(shape[1]))
            stem.append(i)
        self.stem, self.pool = stem, form["pool"]
        self.stages = len(form["stages"])
        for i, blocks in enumerate(form["stages"], 1):
            made = [Block(block["convolutions"], block["shortcut"]) for block in blocks]
            setattr(self, f"layer{i}", nn.Sequential(*made))
        layers = []
        for inputs, units in form["head"]:
            layers += [nn.Linear(inputs, units), nn.ReLU()]
        self.fc = layers[0] if len(form["head"]) == 1 else nn.Sequential(*layers[:-1])

    def forward(self, x):
        for i in self.stem:
            x = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x)).relu()
        if self.pool:
            x = nn.functional.max_pool2d(x, 3, 2, 1)
        for i in range(1, self.stages + 1):
            x = getattr(self, f"layer{i}")(x)
        return self.fc(x.mean((2, 3)))
