// Writes the service worker after the build: its version is a hash of what was built, its core what every page needs.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

/** Front pages, review and search: what a reader wants on a train. */
const pages = ['/en/', '/zh/', '/en/review/', '/zh/review/', '/en/search/', '/zh/search/'];
const data = ['/theme.js', '/favicon.svg', '/deck.en.json', '/deck.zh.json', '/search-index.en.json', '/search-index.zh.json'];
/** The simulator is large: it is kept when a lab is first started. */
const isLab = (address: string): boolean => /\/(mount|lab|codemirror)\.[\w-]+\.(js|css)$/.test(address);

/** Scripts and styles that a built file names, whether it needs them at once or later. */
const namedIn = (text: string): string[] => [
  ...[...text.matchAll(/["'`]\.\/([\w.-]+\.js)["'`]/g)].map((match) => `/_astro/${match[1]}`),
  ...[...text.matchAll(/\/_astro\/[\w.-]+\.(?:css|js)/g)].map((match) => match[0]),
];

/** Addresses of the core: pages, data, and every script and style they lead to, labs excepted. */
function coreOf(dist: string): string[] {
  const found = new Set([...pages, ...data].filter((address) => existsSync(fileOf(dist, address))));
  for (const address of found) {
    if (!/\/$|\.js$/.test(address)) continue;
    for (const named of namedIn(readFileSync(fileOf(dist, address), 'utf8'))) {
      if (!isLab(named) && existsSync(fileOf(dist, named))) found.add(named);
    }
  }
  return [...found].sort();
}

const fileOf = (dist: string, address: string): string => join(dist, address.endsWith('/') ? `${address}index.html` : address);

export const offline = (): AstroIntegration => ({
  name: 'ordinal-offline',
  hooks: {
    'astro:build:done': ({ dir }) => {
      const dist = fileURLToPath(dir);
      const core = coreOf(dist);
      const hash = createHash('sha256');
      for (const address of core) hash.update(readFileSync(fileOf(dist, address)));
      const worker = readFileSync(join(import.meta.dirname, '../ui/page/worker.js'), 'utf8')
        .replace('__VERSION__', hash.digest('hex').slice(0, 12))
        .replace('__FILES__', JSON.stringify(core));
      writeFileSync(join(dist, 'sw.js'), worker);
    },
  },
});
