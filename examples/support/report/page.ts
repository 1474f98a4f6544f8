import { readFileSync } from 'node:fs';
import { Html, html } from './html';

export interface PageOptions {
  title: string;
  /** Style sheets beyond the pages' common one. */
  styles: readonly URL[];
  body: Html;
}

/** One self-contained page that needs neither the network nor JavaScript. */
export function page({ title, styles, body }: PageOptions): string {
  const common = ['base.css', 'page.css'].map((name) => new URL(name, import.meta.url));
  const style = [...common, ...styles].map((url) => readFileSync(url, 'utf8')).join('\n');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title}</title>
<style>${new Html(style)}</style>
</head>
<body>
${body}
</body>
</html>
`.text;
}
