/*
 * The few messages of TensorFlow's protobufs that a SavedModel of one graph consists of. The format: a field is a tag
 * (number << 3 | wire type) and a value; wire type 0 is a varint, 2 bytes with their length in front, 5 four bytes.
 */

/** The value of an attribute of a node, by its kind. `null` is a shape of unknown rank. */
export type AttributeValue =
  | { s: string | string[] }
  | { i: number | number[] }
  | { f: number | number[] }
  | { b: boolean | boolean[] }
  | { type: number | number[] }
  | { shape: number[] | null }
  | { int32: number | number[] };

/** A node of a graph; an input `name:1` is its second output, `^name` only an order. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: string[];
  attributes: Record<string, AttributeValue>;
}

// Bytes are the characters of strings, one each: strings are joined fast, and their lengths are at hand.
function varint(value: number): string {
  if (value < 0) return negative(value);
  let bytes = '';
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes += String.fromCharCode((rest % 128) + 128);
  return bytes + String.fromCharCode(rest);
}

/** As an unsigned number of 64 bits. */
function negative(value: number): string {
  const bits = BigInt.asUintN(64, BigInt(value));
  const groups = Array.from({ length: 10 }, (_, i) => Number((bits >> BigInt(7 * i)) & 127n));
  return String.fromCharCode(...groups.map((group, i) => (i < 9 ? group + 128 : group)));
}

const tag = (field: number, wire: number) => varint(8 * field + wire);
const int = (field: number, value: number) => tag(field, 0) + varint(value);
const bytes = (field: number, body: string) => tag(field, 2) + varint(body.length) + body;
const message = (field: number, ...parts: string[]) => bytes(field, parts.join(''));
const text = (field: number, value: string) => bytes(field, Buffer.from(value).toString('latin1'));

function float32(value: number): string {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return four.toString('latin1');
}

const shapeFields = (shape: number[] | null) => (shape ? shape.map((size) => message(2, int(1, size))) : [int(3, 1)]);

/**
 * AttrValue { list = 1, s = 2, i = 3, f = 4, b = 5, type = 6, shape = 7, tensor = 8 }, the list with the same numbers.
 */
function attributeValue(attribute: AttributeValue): string {
  const [[kind, value]] = Object.entries(attribute) as [[string, never]];
  const isList = Array.isArray(value);
  const packed = (field: number, encode: (entry: never) => string) =>
    message(1, message(field, ...(value as never[]).map(encode)));
  const integers = kind === 'int32' ? message(7, ...[value].flat().map(varint)) : '';
  switch (kind) {
    case 's':
      return isList ? message(1, ...(value as string[]).map((entry) => text(2, entry))) : text(2, value);
    case 'i':
      return isList ? packed(3, varint) : int(3, value);
    case 'f':
      return isList ? packed(4, float32) : tag(4, 5) + float32(value);
    case 'b':
      return isList ? packed(5, (entry) => varint(Number(entry))) : int(5, Number(value));
    case 'type':
      return isList ? packed(6, varint) : int(6, value);
    case 'shape':
      return message(7, ...shapeFields(value));
    default: // TensorProto { dtype = 1, tensor_shape = 2, int_val = 7 }
      return message(8, int(1, 3), message(2, ...(isList ? shapeFields([(value as number[]).length]) : [])), integers);
  }
}

/** NodeDef { name = 1, op = 2, input = 3, attr = 5 } */
const nodeFields = ({ name, op, inputs, attributes }: GraphNode) => [
  text(1, name),
  text(2, op),
  ...inputs.map((input) => text(3, input)),
  ...Object.entries(attributes).map(([key, value]) => message(5, text(1, key), bytes(2, attributeValue(value)))),
];

/** A function of one input and one output of a type that runs one operation by itself; its name is the call's `op`. */
export interface SingleOperation {
  name: string;
  op: string;
  /** What TensorFlow calls the output of the operation. */
  output: string;
  type: number;
}

/** FunctionDef { signature = 1, node_def = 3, ret = 4, attr = 5 }, OpDef { name = 1, input_arg = 2, output_arg = 3 } */
function functionFields({ name, op, output, type }: SingleOperation): string[] {
  const node = { name: 'alone', op, inputs: ['x'], attributes: { T: { type } } };
  return [
    message(1, text(1, name), message(2, text(1, 'x'), int(3, type)), message(3, text(1, 'y'), int(3, type))),
    message(3, ...nodeFields(node)),
    message(4, text(1, 'y'), text(2, `alone:${output}:0`)),
    message(5, text(1, '_noinline'), bytes(2, attributeValue({ b: true }))),
  ];
}

/** The version of the graph format; any that TensorFlow 2 reads. */
const producer = 1087;

/** The bytes of a `saved_model.pb` that holds `nodes`, what they call and nothing else, with the tag `serve`. */
export function encodeSavedModel(nodes: GraphNode[], functions: SingleOperation[]): Buffer {
  const library = functions.map((single) => message(1, ...functionFields(single)));
  const graph = [
    ...nodes.map((node) => message(1, ...nodeFields(node))),
    message(2, ...library),
    message(4, int(1, producer)),
  ];
  return Buffer.from(int(1, 1) + message(2, message(1, text(4, 'serve')), message(2, ...graph)), 'latin1');
}
