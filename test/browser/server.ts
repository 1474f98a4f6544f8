import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the page may ask of the host; see page/node.ts. */
const answers: Record<string, (argument: string) => unknown> = {
  exists: existsSync,
  list: (path) => readdirSync(path),
  read: (path) => readFileSync(path, 'utf8'),
  sha256: (hex) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex'),
};

/** Serves the bundle to this machine alone. */
export async function serve(bundle: Map<string, Uint8Array>): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><script type="module" src="/browser/page/index.js"></script>');
    } else if (pathname === '/host') {
      const { question, argument } = JSON.parse(await bodyOf(request)) as { question: string; argument: string };
      response.end(JSON.stringify(answers[question](argument)));
    } else {
      const content = bundle.get(pathname);
      response.writeHead(content ? 200 : 404, { 'content-type': 'text/javascript' });
      response.end(content);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
