import * as tfl from '@tensorflow/tfjs-layers';
import { mendConfig } from '../../../src/layers/models/mendConfig';
import { aliases } from '../../accelerate/layers/table';
import { noOptions, refused, required, values } from './stockOptions';

type Factory = (args: object) => tfl.layers.Layer;
const factories = tfl.layers as unknown as Record<string, Factory>;
const names = Object.keys(factories).filter((name) => /^[a-z]/.test(name) && name !== 'input' && !(name in aliases));

/** The options that a layer's constructor looks for. */
function optionsOf(name: string): string[] {
  const read = new Set<string>();
  const get = (args: object, option: string) => {
    read.add(option);
    return (args as Record<string, unknown>)[option];
  };
  factories[name](new Proxy({ ...required[name] }, { get: get as never }));
  return [...read].filter((option) => !noOptions.includes(option) && !refused[name]?.includes(option));
}

const ofEveryLayer = [...Object.keys(tfl.layers.softmax()), ...noOptions].filter(
  (field) => !['axis', 'cell', 'cells', 'layer'].includes(field),
);

/** A layer's options, as its fields have them. */
const fieldsOf = (layer: tfl.layers.Layer): string =>
  JSON.stringify(
    Object.entries(layer).filter(([field]) => !ofEveryLayer.includes(field)),
    (_, value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      if (Object.getPrototypeOf(value) === Object.prototype) return value;
      if (value instanceof tfl.layers.Layer) return JSON.parse(fieldsOf(value));
      return value.getClassName ? [value.getClassName(), value.getConfig()] : value.constructor.name;
    },
  );

function rebuild(layer: tfl.layers.Layer): tfl.layers.Layer {
  const Class = layer.constructor as unknown as { fromConfig(c: unknown, config: object): tfl.layers.Layer };
  return Class.fromConfig(Class, JSON.parse(JSON.stringify(layer.getConfig())));
}

test.each(names)('%s tells every option that it takes', (name) => {
  const options = optionsOf(name);
  expect(options.filter((option) => !(option in values))).toEqual([]);
  const made = options.flatMap((option) =>
    values[option].flatMap((value) => {
      try {
        return [{ option, layer: factories[name]({ ...required[name], [option]: value }) }];
      } catch {
        return []; // not this value
      }
    }),
  );
  expect([...new Set(made.map(({ option }) => option))]).toEqual(options);
  for (const { option, layer } of made) {
    mendConfig(layer);
    expect({ option, fields: fieldsOf(rebuild(layer)) }).toEqual({ option, fields: fieldsOf(layer) });
  }
});
