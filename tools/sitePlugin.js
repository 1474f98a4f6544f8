import { Converter, PageEvent } from 'typedoc';

const demo = 'demo/index.html';

/** A typedoc plugin for the site: pages named by their first heading, and a link to the demo from any depth. */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const heading = document.content.find(({ kind, text }) => kind === 'text' && text.startsWith('# '));
    const title = heading?.text.match(/^# (.*)/)?.[1];
    if (title) document.name = title;
  });
  app.renderer.on(PageEvent.END, (page) => {
    const up = '../'.repeat(page.url.split('/').length - 1);
    page.contents = page.contents?.replaceAll(`href="${demo}"`, `href="${up}${demo}"`);
    // The README has a title of its own.
    if (page.url === 'index.html')
      page.contents = page.contents?.replace(/<div class="tsd-page-title">.*?<\/div>/s, '');
  });
}
