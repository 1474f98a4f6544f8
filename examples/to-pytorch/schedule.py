"""The learning rate over time, as cosineSchedule and stepDecay of the package have it."""

import math


def learning_rate(args, rate, step, epoch):
    if args.drops:
        return rate * 0.1 ** sum(epoch >= drop for drop in args.drops)
    time, length = (step, args.total_steps) if args.total_steps else (epoch, args.total_epochs)
    if not length:
        return rate
    if time < args.warm_up:
        return rate * (time + 1) / args.warm_up
    progress = 1 if length == args.warm_up else min(1, (time - args.warm_up) / (length - args.warm_up))
    return rate * (1 + math.cos(math.pi * progress)) / 2
