"""MoCo with non-semantic negatives in PyTorch, as the package computes it; names as in MoCo's builder.py."""

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import cross_entropy, normalize

from encoder import Encoder


class MoCo(nn.Module):
    def __init__(self, form, shuffle=False):
        super().__init__()
        self.momentum, self.shuffle = form["momentum"], shuffle
        self.encoder_q, self.encoder_k = Encoder(form), Encoder(form)
        self.encoder_k.requires_grad_(False)
        self.register_buffer("queue", torch.zeros(form["head"][-1][1], form["queue"]))
        self.register_buffer("queue_ptr", torch.zeros(1, dtype=torch.long))

    def forward(self, query, key, *negatives):
        """Similarities [N, 1 + K + M]; moves the key encoder and the queue."""
        q = normalize(self.encoder_q(query))
        with torch.no_grad():
            for average, weight in zip(self.encoder_k.parameters(), self.encoder_q.parameters()):
                average.mul_(self.momentum).add_(weight, alpha=1 - self.momentum)
            k, *others = (normalize(self.encode(x)) for x in (key, *negatives))
        similar = [(q * x).sum(1, keepdim=True) for x in (k, *others)]
        similarities = torch.cat([similar[0], q @ self.queue.clone(), *similar[1:]], 1)
        self.enqueue(k)
        return similarities

    def encode(self, images):
        """Encodes keys; with `shuffle`, a random part of all processes' images at a time, as in MoCo.

        A key then shares its batch statistics with other images than its query does, and they cannot give it away.
        """
        if not (self.shuffle and dist.is_initialized()):
            return self.encoder_k(images)
        order = torch.randperm(len(images) * dist.get_world_size(), device=images.device)
        dist.broadcast(order, 0)
        keys = gather(self.encoder_k(part_of(gather(images)[order])))
        return part_of(keys[order.argsort()])

    @torch.no_grad()
    def enqueue(self, keys):
        """Writes all processes' keys in the order of their ranks; the end of the queue may lie within a batch."""
        keys = gather(keys)
        size = self.queue.shape[1]
        places = (self.queue_ptr + torch.arange(len(keys), device=keys.device)) % size
        self.queue[:, places[-size:]] = keys[-size:].T
        self.queue_ptr[0] = (self.queue_ptr[0] + len(keys)) % size


def gather(x):
    """The rows of all processes, in the order of their ranks."""
    if not dist.is_initialized():
        return x
    parts = [torch.empty_like(x) for _ in range(dist.get_world_size())]
    dist.all_gather(parts, x.contiguous())
    return torch.cat(parts)


def part_of(x):
    """This process's rows of what gather() returned."""
    return x.chunk(dist.get_world_size())[dist.get_rank()]


def info_nce(similarities, negatives, temperature=0.2, alpha=2.0):
    """InfoNCE in which the last columns, the non-semantic negatives, count alpha-fold."""
    factors = torch.full_like(similarities[0], 1 / temperature)
    factors[len(factors) - negatives :] *= alpha
    return cross_entropy(similarities * factors, torch.zeros(len(similarities), dtype=torch.long, device=factors.device))


def patch_negative(image, smallest=16 / 224, largest=72 / 224):
    """Tiles an image [C, H, W] with square crops of itself, of one size, at uniformly drawn places."""
    _, height, width = image.shape
    side = min(height, width)

    def draw(low, high):
        return int(torch.randint(low, high + 1, ()))

    negative = torch.empty_like(image)
    size = draw(max(1, round(side * smallest)), max(1, round(side * largest)))
    for y in range(0, height, size):
        for x in range(0, width, size):
            top, left = draw(0, height - size), draw(0, width - size)
            rows, columns = min(size, height - y), min(size, width - x)
            negative[:, y : y + rows, x : x + columns] = image[:, top : top + rows, left : left + columns]
    return negative
