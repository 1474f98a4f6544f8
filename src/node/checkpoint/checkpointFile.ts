import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { io } from '@tensorflow/tfjs-core';
import { FileError, failureReason } from '../files/fileError';
import { writeFileSafely } from '../files/writeFileSafely';

// A checkpoint is one file: a line of JSON to check the rest by, a line of JSON that describes it, and the weights'
// bytes.

interface CheckpointHeader {
  format: 'tfjs-nonsemantic-negatives checkpoint 1';
  /** Checksum of everything after this line. */
  sha256: string;
  bytes: number;
}

/** The header ends before this byte. */
const maxHeaderBytes = 300;

/** Writes a checkpoint completely or not at all. @throws FileError */
export async function writeCheckpoint(
  path: string,
  { weightData, ...description }: io.ModelArtifacts & { weightData: ArrayBuffer },
): Promise<void> {
  const pieces = [Buffer.from(`${JSON.stringify(description)}\n`), new Uint8Array(weightData)];
  const sha256 = createHash('sha256');
  for (const piece of pieces) sha256.update(piece);
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const header: CheckpointHeader = {
    format: 'tfjs-nonsemantic-negatives checkpoint 1',
    sha256: sha256.digest('hex'),
    bytes,
  };
  await writeFileSafely(path, [`${JSON.stringify(header)}\n`, ...pieces]);
}

/** Reads a checkpoint and checks it before anything in it is used. @throws FileError that says what is damaged. */
export async function readCheckpoint(path: string): Promise<io.ModelArtifacts> {
  const fail = (reason: string, cause?: unknown) => new FileError('read the checkpoint', path, reason, { cause });
  const file = await readFile(path).catch((cause) => {
    throw fail(failureReason(cause), cause);
  });
  const headerEnd = file.subarray(0, maxHeaderBytes).indexOf('\n');
  const header = parseHeader(file.subarray(0, Math.max(0, headerEnd)));
  if (!header) throw fail('it is damaged: its first line is not the header of a checkpoint');
  const rest = file.subarray(headerEnd + 1);
  if (rest.length !== header.bytes)
    throw fail(`it is damaged: ${rest.length} bytes, where ${header.bytes} were written`);
  if (createHash('sha256').update(rest).digest('hex') !== header.sha256)
    throw fail('it is damaged: its checksum does not hold');

  const weightsStart = rest.indexOf('\n') + 1;
  const description: io.ModelArtifacts = JSON.parse(rest.subarray(0, weightsStart).toString());
  return { ...description, weightData: Uint8Array.from(rest.subarray(weightsStart)).buffer };
}

function parseHeader(line: Buffer): CheckpointHeader | undefined {
  try {
    const header: Partial<CheckpointHeader> = JSON.parse(line.toString());
    return header.format === 'tfjs-nonsemantic-negatives checkpoint 1' ? (header as CheckpointHeader) : undefined;
  } catch {
    return undefined;
  }
}
