/*
 * The few messages of TensorFlow's protobufs that a SavedModel of one graph consists of. The format: a field is a tag
 * (number << 3 | wire type) and a value; wire type 0 is a varint, 2 bytes with their length in front, 5 four bytes.
 */

/** Holds the value of a node's attribute, by its kind. `null` is a shape of unknown rank. */
export type AttributeValue =
  | { s: string | string[] }
  | { i: number | number[] }
  | { f: number | number[] }
  | { b: boolean | boolean[] }
  | { type: number | number[] }
  | { shape: number[] | null }
  | { int32: number | number[] };

/** Describes a node of a graph; an input `name:1` is the second output of a node, `^name` a control dependency. */
export interface GraphNode {
  name: string;
  op: string;
  inputs: string[];
  attributes: Record<string, AttributeValue>;
}

/** Encodes an integer, a negative one as an unsigned number of 64 bits. */
function varint(value: number): string {
  // Bytes are the characters of strings, one each: strings are joined fast, and their lengths are at hand.
  let bytes = '';
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes += String.fromCharCode(Number(rest & 127n) + 128);
  return bytes + String.fromCharCode(Number(rest));
}

const tag = (field: number, wire: number) => varint(8 * field + wire);
const int = (field: number, value: number) => tag(field, 0) + varint(value);
const bytes = (field: number, body: string) => tag(field, 2) + varint(body.length) + body;
const message = (field: number, ...parts: string[]) => bytes(field, parts.join(''));
const text = (field: number, value: string) => bytes(field, Buffer.from(value).toString('latin1'));

function float32(field: number, value: number): string {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return tag(field, 5) + four.toString('latin1');
}

const shapeFields = (shape: number[] | null) => (shape ? shape.map((size) => message(2, int(1, size))) : [int(3, 1)]);

/** TensorProto { dtype = 1, tensor_shape = 2, int_val = 7 } */
function integerTensor(values: number | number[]): string[] {
  const shape = Array.isArray(values) ? [values.length] : [];
  return [int(1, 3), message(2, ...shapeFields(shape)), message(7, ...[values].flat().map(varint))];
}

/** AttrValue { list = 1, s = 2, i = 3, f = 4, b = 5, type = 6, shape = 7, tensor = 8 } */
const encoders: Record<string, (value: never) => string> = {
  s: (value) => text(2, value),
  i: (value) => int(3, value),
  f: (value) => float32(4, value),
  b: (value) => int(5, Number(value)),
  type: (value) => int(6, value),
  shape: (value) => message(7, ...shapeFields(value)),
  int32: (value) => message(8, ...integerTensor(value)),
};

function attributeValue(attribute: AttributeValue): string {
  const [[kind, value]] = Object.entries(attribute) as [[string, never]];
  const isList = Array.isArray(value) && kind !== 'shape' && kind !== 'int32';
  // A list numbers its fields as AttrValue does.
  return isList ? message(1, ...(value as never[]).map(encoders[kind])) : encoders[kind](value);
}

/** NodeDef { name = 1, op = 2, input = 3, attr = 5 } */
const nodeFields = ({ name, op, inputs, attributes }: GraphNode) => [
  text(1, name),
  text(2, op),
  ...inputs.map((input) => text(3, input)),
  ...Object.entries(attributes).map(([key, value]) => message(5, text(1, key), bytes(2, attributeValue(value)))),
];

/** Describes a function of one input and one output that runs one operation; a node calls it by its name as `op`. */
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

/** Encodes a `saved_model.pb` of one graph, with the functions that its nodes call and the tag `serve`. */
export function encodeSavedModel(nodes: GraphNode[], functions: SingleOperation[]): Buffer {
  const library = functions.map((single) => message(1, ...functionFields(single)));
  const graph = [
    ...nodes.map((node) => message(1, ...nodeFields(node))),
    message(2, ...library),
    message(4, int(1, producer)),
  ];
  return Buffer.from(int(1, 1) + message(2, message(1, text(4, 'serve')), message(2, ...graph)), 'latin1');
}
