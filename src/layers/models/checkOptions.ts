import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ArgumentError, describe } from '../../support/errors';
import { isRecord } from '../../support/isRecord';

type Layer = tfl.layers.Layer;
type Path = [field: string, entry?: string];

export const rebuildable = 'a model of layers whose getConfig() returns every option';

/** What every layer takes; a copy may differ in it, as weights are copied and names are not. */
const ofEveryLayer = [
  ...['name', 'trainable', 'dtype', 'inputDType', 'inputShape', 'batchInputShape', 'batchSize', 'weights'],
  ...['customObjects', 'updatable'],
];

/**
 * Compares the options of a layer with those of its copy. A field that differs comes from an option if there is a name
 * under which the constructor takes its value; a counter, a cache or a state does not.
 *
 * @param subject What the model is, such as `option encoder`.
 * @throws ArgumentError for an option that `getConfig` omits or changes.
 */
export function checkOptions(subject: string, source: Layer, copy: Layer): void {
  if (source instanceof tfl.LayersModel || source.getClassName() !== copy.getClassName()) return;
  for (const path of pathsOf(source)) {
    const [value, twin] = [source, copy].map((layer) => at(layer, path));
    // Left out, an option may be told by its default.
    if (value === undefined || value === null || textOf(value) === textOf(twin)) continue;
    const isMisplaced = ['number', 'string', 'boolean'].includes(typeof value) && isPlain(twin);
    const option = isMisplaced ? path[0] : optionOf(source, path, value, twin);
    if (option === undefined) continue;
    const received = `layer ${source.name} (${source.getClassName()}), whose copy has the ${path.join('.')} ${describe(twin)} in place of ${describe(value)}`;
    throw new ArgumentError(subject, rebuildable, received, hintFor(option, value, isMisplaced));
  }
}

function hintFor(option: string, value: unknown, isMisplaced: boolean): string {
  if (isMisplaced) return 'Its constructor has to take one object, which getConfig() returns.';
  if (typeof value === 'function') return 'JSON keeps no function: make it a method.';
  return `Let getConfig() return ${option}, too.`;
}

/** Lists the fields that a layer's own class adds, and what is in those that hold plain objects. */
function pathsOf(layer: Layer): Path[] {
  const AnyLayer = tfl.layers.Layer as unknown as new (args: object) => Layer;
  const base = new AnyLayer({ name: 'any' });
  const isOwn = (key: string) => !ofEveryLayer.includes(key);
  const fields = Object.entries(layer).filter(([field]) => isOwn(field) && !Object.hasOwn(base, field));
  return fields.flatMap(([field, value]): Path[] => [
    [field],
    ...(isPlain(value) ? Object.keys(value).filter(isOwn) : []).map((entry): Path => [field, entry]),
  ]);
}

function at(layer: Layer, [field, entry]: Path): unknown {
  const value = (layer as unknown as Record<string, unknown>)[field];
  return entry === undefined ? value : isRecord(value) ? value[entry] : undefined;
}

/** Finds the name under which a layer's constructor takes a value for a field, if there is one. */
function optionOf(layer: Layer, path: Path, value: unknown, twin: unknown): string | undefined {
  const config = JSON.parse(JSON.stringify(layer.getConfig()));
  const names = new Set([path[1] ?? path[0]]);
  const get = (options: Record<string, unknown>, name: string | symbol) => {
    if (typeof name === 'string') names.add(name);
    return options[name as string];
  };
  let isDrawn = false; // A seed or a number of its own is another one each time.
  rebuild(layer, new Proxy(config, { get }), (other) => {
    isDrawn = textOf(at(other, path)) !== textOf(twin);
  });
  if (isDrawn) return undefined;
  return [...names]
    .filter((name) => !ofEveryLayer.includes(name))
    .find((name) => {
      let isTaken = false;
      rebuild(layer, { ...config, [name]: value }, (other) => {
        isTaken = textOf(at(other, path)) === textOf(value);
      });
      return isTaken;
    });
}

type FromConfig = (layerClass: unknown, config: object) => Layer;

/** Tries a configuration, which a constructor may refuse. */
function rebuild(layer: Layer, config: object, use: (layer: Layer) => void): void {
  const Class = layer.constructor as unknown as { fromConfig: FromConfig };
  try {
    tf.tidy(() => use(Class.fromConfig(Class, config)));
  } catch {
    // Not an option, then.
  }
}

/** Gives equal values the same text: functions their code, objects of a class the class. */
function textOf(value: unknown, depth = 0): string {
  if (depth > 8) return '…';
  if (Array.isArray(value) || ArrayBuffer.isView(value))
    return `[${Array.from(value as unknown[], (entry) => textOf(entry, depth + 1))}]`;
  if (isPlain(value)) return `{${Object.entries(value).map(([key, entry]) => `${key}:${textOf(entry, depth + 1)}`)}}`;
  if (isRecord(value)) return classOf(value);
  return typeof value === 'string' ? JSON.stringify(value) : String(value ?? null);
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));

function classOf(value: object): string {
  const { getClassName } = value as { getClassName?: () => string };
  return typeof getClassName === 'function' ? getClassName.call(value) : value.constructor.name;
}
