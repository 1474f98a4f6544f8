import { measures } from '../cifar10/measures';
import { measures as emoji } from '../reliance/measures';
import {
  type Comparison,
  correlationOverClasses,
  fineLessLoneClasses,
  hardness,
  onCifar,
  onEmoji,
  onTiny,
} from './comparisons';

/** What the paper says, its figures from its README's table where it has them. */
export interface Claim {
  text: string;
  paper: string;
  comparisons: Comparison[];
}

export const claims: readonly Claim[] = [
  {
    text: 'Patch negatives at alpha 2 gain in domain',
    paper: '+1.5 (ImageNet-100)',
    comparisons: [onCifar(1, measures.linear, 'patch-2', 'moco')],
  },
  {
    text: 'The same on emoji',
    paper: '+1.5 (ImageNet-100)',
    comparisons: [onEmoji(1, emoji.view, 'patch-2', 'plain'), onEmoji(1, emoji.group, 'patch-2', 'plain')],
  },
  {
    text: 'They gain under corruption',
    paper: '+2.1',
    comparisons: [onCifar(1, measures.corrupted, 'patch-2', 'moco')],
  },
  {
    text: 'Both with a residual encoder',
    paper: '+1.5 (ImageNet-100), +2.1 (Corruption)',
    comparisons: [
      onCifar(1, measures.linear, 'patch-2-residual', 'moco-residual', ', residual'),
      onCifar(1, measures.corrupted, 'patch-2-residual', 'moco-residual', ', residual'),
    ],
  },
  {
    text: 'Both with a residual encoder and 100 classes',
    paper: '+1.5 (ImageNet-100), +2.1 (Corruption)',
    comparisons: [onTiny('images', 'patch-2'), onTiny('corrupted', 'patch-2')],
  },
  {
    text: 'They make features rely on shape instead of texture',
    paper: 'shown by +1.2 (Stylized)',
    comparisons: [
      onEmoji(1, emoji.shape, 'patch-2', 'plain'),
      onEmoji(1, emoji.silhouettes, 'patch-2', 'plain'),
      onEmoji(-1, emoji.textures, 'patch-2', 'plain'),
      onEmoji(-1, emoji.patches, 'patch-2', 'plain'),
    ],
  },
  {
    text: 'They gain where only shape is left',
    paper: '+3.5 (Sketch), +1.2 (Stylized)',
    comparisons: [
      onCifar(1, measures.edges, 'patch-2', 'moco'),
      onCifar(1, measures.silhouettes, 'patch-2', 'moco'),
      onCifar(1, measures.conflict, 'patch-2', 'moco'),
      onEmoji(1, emoji.lineArt, 'patch-2', 'plain'),
    ],
  },
  {
    text: 'Texture negatives make features rely on shape instead of texture',
    paper: 'less than patches do',
    comparisons: [onEmoji(1, emoji.shape, 'texture-2', 'plain'), onEmoji(-1, emoji.textures, 'texture-2', 'plain')],
  },
  {
    text: 'Texture negatives gain a little under corruption',
    paper: '+0.5',
    comparisons: [onCifar(1, measures.corrupted, 'texture-2', 'moco')],
  },
  {
    text: 'Patch negatives beat texture negatives',
    paper: '+1.6 (ImageNet-100), +1.6 (Corruption)',
    comparisons: [
      onCifar(1, measures.linear, 'patch-2', 'texture-2'),
      onCifar(1, measures.corrupted, 'patch-2', 'texture-2'),
    ],
  },
  {
    text: 'Alpha 3 costs accuracy in domain',
    paper: '-3.8 against alpha 2',
    comparisons: [onCifar(-1, measures.linear, 'patch-3', 'patch-2')],
  },
  {
    text: 'Alpha 3 raises the reliance on shape',
    paper: '+2.3 (Sketch) against alpha 2',
    comparisons: [
      onCifar(1, measures.edges, 'patch-3', 'patch-2'),
      onCifar(1, measures.silhouettes, 'patch-3', 'patch-2'),
      onCifar(1, measures.conflict, 'patch-3', 'patch-2'),
      onCifar(1, measures.shapeBias, 'patch-3', 'patch-2'),
      onEmoji(1, emoji.shape, 'patch-3', 'patch-2'),
    ],
  },
  {
    text: 'Non-semantic negatives are harder than ordinary ones',
    paper: 'their similarity to the query is higher (figure)',
    comparisons: [hardness('patch-2')],
  },
  {
    text: 'Texture is indispensable for some, finer, classes: patches gain less there',
    paper: 'shown by class (figure)',
    comparisons: [correlationOverClasses('patch-2'), fineLessLoneClasses('patch-2')],
  },
  {
    text: 'The negatives also serve BYOL: less reliance on texture',
    paper: 'gains on Sketch and Stylized',
    comparisons: [onEmoji(1, emoji.shape, 'byol-patch', 'byol'), onEmoji(-1, emoji.textures, 'byol-patch', 'byol')],
  },
];
