"""Patch negatives image by image, as the paper's code makes them."""

import torch
from patch_negative import resample
from serve import options, serve

args = options()
torch.manual_seed(0)
images = torch.randn(args['batch'], 3, args['size'], args['size'])
serve(lambda: torch.stack([resample(image, 16, 72) for image in images]), args['steps'])
