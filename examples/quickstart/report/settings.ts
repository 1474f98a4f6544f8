import { type Html, html } from '../../support/report/html';
import type { Gallery, RunRecord } from '../record';
import { duration, number, words } from './format';

/** Everything needed to run it again. */
export function settingsList({ backend, data, settings, trainings }: RunRecord): Html {
  const entries: [string, string][] = [
    ['backend', backend.replace(/^backend: /, '')],
    ['data', data],
    ...Object.entries(settings).map(([name, value]): [string, string] => [
      words(name),
      typeof value === 'number' ? number(value) : value,
    ]),
    ...trainings
      .filter(({ seconds, imagesPerSecond }) => Number.isFinite(seconds) && Number.isFinite(imagesPerSecond))
      .map(({ name, seconds, imagesPerSecond }): [string, string] => [
        `training ${name}`,
        `${duration(seconds)}, ${number(Math.round(imagesPerSecond))} images/s`,
      ]),
  ];
  return html`<dl class="settings">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const sources = [
  {
    renderings: /^Fluent/,
    text: html`<a href="https://github.com/microsoft/fluentui-emoji">Fluent Emoji</a> by Microsoft,
<a href="https://github.com/microsoft/fluentui-emoji/blob/main/LICENSE">MIT license</a>, from the package
<a href="https://www.npmjs.com/package/@lobehub/fluent-emoji-3d">@lobehub/fluent-emoji-3d</a>.`,
  },
  {
    renderings: /^OpenMoji/,
    text: html`<a href="https://openmoji.org">OpenMoji</a>, the open-source emoji and icon project, license
<a href="https://creativecommons.org/licenses/by-sa/4.0/">CC BY-SA 4.0</a>; made smaller.`,
  },
];

/** Whose pictures are shown. */
export function attribution({ measures }: RunRecord, { neighbors }: Gallery): Html | undefined {
  const renderings = [
    ...neighbors.map(({ domain }) => domain),
    ...Object.values(measures).flatMap(({ knnOfGroup }) => Object.keys(knnOfGroup)),
  ];
  const used = sources.filter((source) => renderings.some((rendering) => source.renderings.test(rendering)));
  if (used.length === 0) return undefined;
  return html`<p>Pictures: ${used.map(({ text }) => text)}</p>`;
}
