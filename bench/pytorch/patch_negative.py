"""A patch negative of one image: a grid of cells, each an independent crop, with a patch size of the image's own."""

import math
import random

import torch


def resample(image, smallest, largest):
    channels, side, _ = image.shape
    patch = random.randint(smallest, largest)
    cells = math.ceil(side / patch)
    canvas = torch.empty(channels, cells * patch, cells * patch)
    for row in range(cells):
        for column in range(cells):
            top, left = random.randint(0, side - patch), random.randint(0, side - patch)
            cell = image[:, top:top + patch, left:left + patch]
            canvas[:, row * patch:(row + 1) * patch, column * patch:(column + 1) * patch] = cell
    return canvas[:, :side, :side]
