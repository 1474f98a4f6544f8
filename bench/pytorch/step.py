"""A training step of MoCo v2 with non-semantic negatives: query, moving average, key, negatives, loss, queue, SGD."""

import copy

import torch
import torch.nn.functional as F
from serve import options, serve
from torch import nn
from torchvision.models import resnet18

TEMPERATURE, ALPHA, KEY_MOMENTUM, WIDTH = 0.2, 2.0, 0.99, 128


def conv_encoder():
    """Stride-2 convolutions with batch normalization, then global average pooling."""
    layers, channels = [], 3
    for filters in (32, 64, 128, 256):
        layers += [nn.Conv2d(channels, filters, 3, 2, 1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
        channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()), channels


def residual_encoder():
    backbone = resnet18()
    backbone.fc = nn.Identity()
    return backbone, 512


class Moco:
    def __init__(self, encoder, queue):
        backbone, width = conv_encoder() if encoder == 'conv' else residual_encoder()
        self.query = nn.Sequential(backbone, nn.Linear(width, width), nn.ReLU(), nn.Linear(width, WIDTH))
        self.key = copy.deepcopy(self.query)
        for parameter in self.key.parameters():
            parameter.requires_grad = False
        self.queue = F.normalize(torch.randn(WIDTH, queue), dim=0)
        self.pointer = 0
        self.optimizer = torch.optim.SGD(self.query.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)

    @torch.no_grad()
    def update_key(self):
        for key, query in zip(self.key.parameters(), self.query.parameters()):
            key.mul_(KEY_MOMENTUM).add_(query, alpha=1 - KEY_MOMENTUM)

    @torch.no_grad()
    def enqueue(self, keys):
        places = torch.arange(self.pointer, self.pointer + len(keys)) % self.queue.shape[1]
        self.queue[:, places] = keys.T
        self.pointer = int(places[-1] + 1) % self.queue.shape[1]

    def step(self, query, key, negatives):
        q = F.normalize(self.query(query))
        with torch.no_grad():
            self.update_key()
            k = F.normalize(self.key(key))
            t = [F.normalize(self.key(negative)) for negative in negatives]
        own = [(q * k).sum(1, keepdim=True)]
        others = [ALPHA * (q * negative).sum(1, keepdim=True) for negative in t]
        logits = torch.cat(own + [q @ self.queue.clone()] + others, 1) / TEMPERATURE
        loss = F.cross_entropy(logits, torch.zeros(len(q), dtype=torch.long))
        self.enqueue(k)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


if __name__ == '__main__':
    args = options()
    torch.manual_seed(0)
    moco = Moco(args['encoder'], args['queue'])
    shape = (args['batch'], 3, args['size'], args['size'])
    query, key, *negatives = [torch.randn(shape) for _ in range(2 + args['negatives'])]
    serve(lambda: moco.step(query, key, negatives), args['steps'])
