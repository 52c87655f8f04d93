// Serves dist/ as a good static host would: right types, brotli or gzip, trailing slashes, the 404 page, validators, and the policy
// of every page as a header. Used by `npm run preview` and by the browser tests; nothing but node:http.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { headerPolicy } from '../../src/ui/policy.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.xml': 'application/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.ico': 'image/x-icon',
};
const compressible = /^(text\/|application\/(json|xml|manifest|wasm)|image\/svg)/;

interface Sent {
  readonly type: string;
  readonly tag: string;
  readonly plain: Buffer;
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

const cache = new Map<string, { readonly mtimeMs: number; readonly sent: Sent }>();

/** A file ready to be sent; compressed once and kept while it does not change on disk. */
function load(path: string): Sent {
  const { mtimeMs } = statSync(path);
  const known = cache.get(path);
  if (known?.mtimeMs === mtimeMs) return known.sent;
  const plain = readFileSync(path);
  const type = types[extname(path)] ?? 'application/octet-stream';
  const squeeze = compressible.test(type);
  const sent: Sent = {
    type,
    tag: `"${createHash('sha1').update(plain).digest('hex').slice(0, 16)}"`,
    plain,
    br: squeeze ? brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }) : undefined,
    gzip: squeeze ? gzipSync(plain, { level: 9 }) : undefined,
  };
  cache.set(path, { mtimeMs, sent });
  return sent;
}

type Answer = { readonly file: string; readonly code: 200 | 404 } | { readonly location: string };

/** `/en` → redirect to `/en/`; `/en/` → its index; a path out of the folder or unknown → the 404 page. */
export function answerTo(root: string, url: string): Answer {
  const [rawPath = '/', query] = url.split('?');
  let path: string;
  try {
    path = normalize(decodeURIComponent(rawPath));
  } catch {
    return { file: join(root, '404.html'), code: 404 };
  }
  const file = join(root, path);
  const missing: Answer = { file: join(root, '404.html'), code: 404 };
  if (path.includes('\0') || !file.startsWith(root) || !existsSync(file)) return missing;
  if (!statSync(file).isDirectory()) return { file, code: 200 };
  if (!path.endsWith('/')) return { location: `${path}/${query ? `?${query}` : ''}` };
  return existsSync(join(file, 'index.html')) ? { file: join(file, 'index.html'), code: 200 } : missing;
}

function send(request: IncomingMessage, response: ServerResponse, file: string, code: number): void {
  const { type, tag, plain, br, gzip } = load(file);
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const [body, encoding] =
    br && /\bbr\b/.test(accepted) ? [br, 'br'] : gzip && /\bgzip\b/.test(accepted) ? [gzip, 'gzip'] : [plain, ''];
  response.setHeader('ETag', tag);
  response.setHeader('Vary', 'Accept-Encoding');
  response.setHeader('Cache-Control', file.includes('/_astro/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', type);
  if (encoding) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Length', body.length);
  response.writeHead(code);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function handle(root: string, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', headerPolicy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const answer = answerTo(root, request.url ?? '/');
  if ('location' in answer) response.writeHead(308, { Location: answer.location }).end();
  else if (existsSync(answer.file)) send(request, response, answer.file, answer.code);
  else response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Nothing here. Was the site built?');
}

/** Starts the server; resolves when it listens. Port 0 takes any free port. */
export function serve(root: string, port: number): Promise<Server> {
  const server = createServer((request, response) => handle(root, request, response));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => resolve(server));
  });
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..', '..', 'dist');
  const port = Number(process.env['PORT'] ?? 4321);
  if (!existsSync(join(root, 'index.html'))) {
    console.error('dist/ has no site. Run: npm run build');
    process.exit(1);
  }
  try {
    await serve(root, port);
    console.log(`Ordinal stands at http://localhost:${port}/`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.error(`Port ${port} is taken. Stop what listens there, or choose another: PORT=8080 npm run preview`);
    process.exit(1);
  }
}
