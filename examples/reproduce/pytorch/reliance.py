"""Trains plain MoCo v2 and + patches on emoji in PyTorch, and measures what the encoders rely on.

    OMP_NUM_THREADS=1 python reliance.py --data DIR [--alpha 2] [--seeds 1,2,3,4] [--out DIR]

DIR holds the pictures that `npm run reproduce -- --only reliance --export DIR` writes: those to train on and those that
are measured. Views, negatives, encoder, training and measures are PyTorch's, this file's and moco.py's. Without --alpha it is
MoCo v2, with it + patch negatives. Every setting is that of ../../quickstart/config.ts, native.
"""

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import moco
from moco import Training

STEPS, BATCH, LEARNING_RATE, WARM_UP, WEIGHT_DECAY = 1212, 96, 0.2, 50, 5e-4
QUEUE = 1024
MEAN, STD = (torch.tensor(values).view(3, 1, 1) for values in (moco.MEAN, moco.STD))
VERSIONS = ['silhouettes', 'edges', 'textures', 'patches']


def uniform(count, low, high):
    return torch.empty(count, 1, 1, 1).uniform_(low, high)


def crop(images, scale=(0.4, 1.0)):
    """RandomResizedCrop and a flip, each image with its own box, bilinear."""
    count, side = len(images), images.shape[-1]
    area = torch.empty(count).uniform_(*scale)
    aspect = torch.empty(count).uniform_(math.log(3 / 4), math.log(4 / 3)).exp()
    width, height = (area * aspect).sqrt().clamp(max=1), (area / aspect).sqrt().clamp(max=1)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0] = width * torch.where(torch.rand(count) < 0.5, -1.0, 1.0)
    theta[:, 1, 1] = height
    theta[:, 0, 2] = (1 - width) * (2 * torch.rand(count) - 1)
    theta[:, 1, 2] = (1 - height) * (2 * torch.rand(count) - 1)
    grid = F.affine_grid(theta, [count, 3, side, side], align_corners=False)
    return F.grid_sample(images, grid, padding_mode='border', align_corners=False)


def gray(images):
    return (images * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)).sum(1, keepdim=True)


def turn_hue(images, turn):
    """HSV and back, the hue turned by a share of the circle."""
    maximum, minimum = images.amax(1, keepdim=True), images.amin(1, keepdim=True)
    chroma = maximum - minimum
    red, green, blue = images.split(1, 1)
    safe = torch.where(chroma > 0, chroma, 1)
    hue = torch.where(maximum == red, (green - blue) / safe % 6,
                      torch.where(maximum == green, (blue - red) / safe + 2, (red - green) / safe + 4))
    hue = (hue / 6 + turn) % 1 * 6
    channels = [((n + hue) % 6) for n in (5, 3, 1)]
    return torch.cat([maximum - chroma * torch.minimum(k, 4 - k).clamp(0, 1) for k in channels], 1)


def jitter(images, hue):
    """Color jitter with strengths drawn image by image, and an order drawn batch by batch."""
    count = len(images)
    changed = images
    for step in torch.randperm(4).tolist():
        factor = uniform(count, 0.6, 1.4)
        if step == 0:
            changed = (changed * factor).clamp(0, 1)
        elif step == 1:
            mean = gray(changed).mean((2, 3), keepdim=True)
            changed = (mean + factor * (changed - mean)).clamp(0, 1)
        elif step == 2:
            light = gray(changed)
            changed = (light + factor * (changed - light)).clamp(0, 1)
        else:
            changed = turn_hue(changed, uniform(count, -hue, hue))
    return torch.where(torch.rand(count, 1, 1, 1) < 0.8, changed, images)


def view(images, hue, gray_probability):
    images = jitter(crop(images), hue)
    images = torch.where(torch.rand(len(images), 1, 1, 1) < gray_probability, gray(images).expand_as(images), images)
    return (images - MEAN) / STD


def train(images, alpha):
    training = Training(alpha, QUEUE, WEIGHT_DECAY)
    epoch_steps = len(images) // BATCH
    for step in range(STEPS):
        if step % epoch_steps == 0:
            order = torch.randperm(len(images))
        warm = min(1, (step + 1) / WARM_UP)
        rate = LEARNING_RATE * warm * 0.5 * (1 + math.cos(math.pi * max(0, step - WARM_UP) / (STEPS - WARM_UP)))
        start = step % epoch_steps * BATCH
        batch = images[order[start:start + BATCH]]
        query, key = view(batch, 0.05, 0.4), view(batch, 0.05, 0.4)
        training.step(query, key, rate)
    return training.query_encoder[0]


def recall(queries, gallery, k=10):
    nearest = (queries @ gallery.T).topk(k, dim=1).indices
    return (nearest == torch.arange(len(queries)).unsqueeze(1)).any(1).float().mean().item()


@torch.no_grad()
def measure(backbone, data):
    backbone.eval()

    def features(images):
        return F.normalize(torch.cat([backbone((part - MEAN) / STD) for part in images.split(256)]), dim=1)

    gallery = features(data['images'])
    pairs = data['pairs'].long()
    conflicts = features(data['conflicts'])
    to_shape, to_texture = ((conflicts * gallery[pairs[:, end]]).sum(1) for end in (0, 1))
    views = F.normalize(backbone(view(data['heldOut'], 0.1, 0.2)), dim=1)
    return {
        'shapeShare': (to_shape > to_texture).float().mean().item(),
        'recall': {version: recall(features(data[version]), gallery) for version in VERSIONS},
        'recallFromView': recall(views, features(data['heldOut'])),
    }


def read(folder):
    """Images as float [N, 3, H, W] in 0 … 1, and the pairs."""
    data = {path.stem: torch.from_numpy(np.load(path)) for path in folder.glob('*.npy')}
    return {name: x if name == 'pairs' else x.permute(0, 3, 1, 2).float() / 255 for name, x in data.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', type=Path, required=True)
    parser.add_argument('--alpha', type=float, default=0)
    parser.add_argument('--seeds', default='1,2,3,4')
    parser.add_argument('--out', type=Path, default=Path(__file__).parent.parent / 'results' / 'reliance-pytorch')
    args = parser.parse_args()
    data = read(args.data)
    arm = f'patch-{args.alpha:g}' if args.alpha else 'plain'
    for seed in map(int, args.seeds.split(',')):
        path = args.out / f'{arm}-{seed}.json'
        if path.exists():
            continue
        torch.manual_seed(seed)
        np.random.seed(seed)
        started = time.time()
        figures = measure(train(data['train'], args.alpha), data)
        result = {'arm': arm, 'seed': seed, 'torch': torch.__version__, **figures, 'seconds': round(time.time() - started)}
        args.out.mkdir(parents=True, exist_ok=True)
        path.with_suffix('.part').write_text(json.dumps(result, indent=2) + '\n')
        path.with_suffix('.part').rename(path)
        print(json.dumps(result), flush=True)


if __name__ == '__main__':
    main()
