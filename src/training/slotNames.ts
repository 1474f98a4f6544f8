import type * as tfl from '@tensorflow/tfjs-layers';
import type { SavedWeight } from './savedWeights';
import type { NamedTensors } from './velocities';

// An optimizer names a slot after its variable, such as `dense/kernel/velocity`, but tfjs numbers layers and variables as
// they come: a model built anew has other names. What stays is a variable's place among the model's weights.

/** Names slots after the places of their variables, to be saved: `3/dense/kernel/velocity`. */
export function slotsByPlace(slots: NamedTensors, { weights }: tfl.LayersModel): NamedTensors {
  return renameSlots(slots, new Map(weights.map(({ name, originalName }, i) => [name, place(i, originalName)])));
}

/** Names saved slots after the variables that have these places in the model now. */
export function slotsByVariable(slots: NamedTensors, saved: SavedWeight[], { weights }: tfl.LayersModel): NamedTensors {
  return renameSlots(slots, new Map(weights.map(({ name }, i) => [place(i, saved[i].spec.name), name])));
}

const place = (i: number, name: string) => `${i}/${name}`;

function renameSlots(slots: NamedTensors, names: Map<string, string>): NamedTensors {
  const rename = (name: string) => name.replace(/^.*(?=\/[^/]+$)/, (variable) => names.get(variable) ?? variable);
  return slots.map(({ name, tensor }) => ({ name: rename(name), tensor }));
}
