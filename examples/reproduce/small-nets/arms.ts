/** What is left of the README's loop. */
export interface Arm {
  title: string;
  normalizeOutput: boolean;
  clipNorm?: number;
  views: { scale?: [number, number]; blurProbability?: number };
}

const readme: Arm = { title: 'README', normalizeOutput: true, clipNorm: 0.1, views: {} };
const large: Arm['views'] = { scale: [0.2, 1], blurProbability: 0.5 };

export const arms: { [name: string]: Arm } = {
  readme,
  none: { title: 'none of the three', normalizeOutput: false, views: large },
  unnormalized: { ...readme, title: 'without normalized output', normalizeOutput: false },
  unclipped: { ...readme, title: 'without clipNorm', clipNorm: undefined },
  large: { ...readme, title: 'with the views of large images', views: large },
};
