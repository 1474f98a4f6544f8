"""The loss forward and backward: similarities to keys, queue and negatives, cross-entropy, gradient of the queries."""

import torch
import torch.nn.functional as F
from serve import options, serve

TEMPERATURE, ALPHA = 0.2, 2.0

args = options()
torch.manual_seed(0)
batch, dimensions = args['batch'], args['dimensions']
query, key, negative = [F.normalize(torch.randn(batch, dimensions)) for _ in range(3)]
queue = F.normalize(torch.randn(dimensions, args['queue']), dim=0)
labels = torch.zeros(batch, dtype=torch.long)
query.requires_grad = True


def step():
    query.grad = None
    positive = (query * key).sum(1, keepdim=True)
    hard = ALPHA * (query * negative).sum(1, keepdim=True)
    logits = torch.cat([positive, query @ queue, hard], 1) / TEMPERATURE
    F.cross_entropy(logits, labels).backward()


serve(step, args['steps'])
