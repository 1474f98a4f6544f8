import type { TextureParams } from '../../transforms/textureParams';

/** Why an image has no texture. */
export type SkipKind = 'not listed' | 'unreadable' | 'too large' | 'too small' | 'not writable';

/** A line of the manifest: a texture, its source, and the params that `textureNegative().apply` takes. */
export interface ManifestEntry extends TextureParams {
  source: string;
  texture: string;
  /** Of the source, upright. */
  height: number;
  width: number;
}

/** The outcome of a source; `whole` means that an earlier run made its texture. */
export type TextureOutcome =
  | { status: 'made' | 'whole'; entry: ManifestEntry }
  | { status: 'skipped'; kind: SkipKind; source: string; reason: string };
