import { Converter } from 'typedoc';

/** A typedoc plugin: names each page of the docs by its first heading, not by its file. */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const heading = document.content.find(({ kind, text }) => kind === 'text' && text.startsWith('# '));
    const title = heading?.text.match(/^# (.*)/)?.[1];
    if (title) document.name = title;
  });
}
