"""Patch negatives image by image: a grid of cells, each an independent crop, with a patch size of the image's own."""

import math
import random

import torch
from serve import options, serve

args = options()
torch.manual_seed(0)
side = args['size']
images = torch.randn(args['batch'], 3, side, side)


def resample(image):
    patch = random.randint(16, 72)
    cells = math.ceil(side / patch)
    canvas = torch.empty(3, cells * patch, cells * patch)
    for row in range(cells):
        for column in range(cells):
            top, left = random.randint(0, side - patch), random.randint(0, side - patch)
            cell = image[:, top:top + patch, left:left + patch]
            canvas[:, row * patch:(row + 1) * patch, column * patch:(column + 1) * patch] = cell
    return canvas[:, :side, :side]


serve(lambda: torch.stack([resample(image) for image in images]), args['steps'])
