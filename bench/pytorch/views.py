"""MoCo v2's augmentation: image by image with torchvision and Pillow, as its authors do, or in batch with kornia."""

import random

import torch
from kornia import augmentation as kornia
from PIL import Image, ImageFilter
from serve import options, serve
from torch import nn
from torchvision import transforms

MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


class GaussianBlur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(radius=random.uniform(0.1, 2.0)))


def torchvision_views(pixels, size):
    images = [Image.fromarray(image.permute(1, 2, 0).numpy()) for image in pixels]
    augment = transforms.Compose([
        transforms.RandomResizedCrop(size, scale=(0.2, 1.0)),
        transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
        transforms.RandomGrayscale(p=0.2),
        transforms.RandomApply([GaussianBlur()], p=0.5),
        transforms.RandomHorizontalFlip(),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, STD),
    ])
    return lambda: torch.stack([augment(image) for image in images])


def kornia_views(pixels, size):
    augment = nn.Sequential(
        kornia.RandomResizedCrop((size, size), scale=(0.2, 1.0)),
        kornia.ColorJitter(0.4, 0.4, 0.4, 0.1, p=0.8),
        kornia.RandomGrayscale(p=0.2),
        kornia.RandomGaussianBlur((13, 13), (0.1, 2.0), p=0.5),
        kornia.RandomHorizontalFlip(),
        kornia.Normalize(torch.tensor(MEAN), torch.tensor(STD)),
    )
    return lambda: augment(pixels.float() / 255)


args = options()
torch.manual_seed(0)
pixels = torch.randint(0, 256, (args['batch'], 3, args['from'], args['from']), dtype=torch.uint8)
make = {'torchvision': torchvision_views, 'kornia': kornia_views}[args['library']]
step = make(pixels, args['to'])
with torch.no_grad():
    serve(step, args['steps'], images=args['batch'])
