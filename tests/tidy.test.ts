// The house rules as a test. Each message says where, what, and how to mend it.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, it } from 'node:test';

interface Room {
  /** Folders it may import from, besides itself. */
  readonly rooms: readonly string[];
  /** npm packages it may import. */
  readonly packages: readonly string[];
  /** Types only. */
  readonly types?: readonly string[];
  /** What its code must not contain. */
  readonly without?: RegExp;
  readonly because?: string;
}

const OUTSIDE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|requestAnimationFrame|document\.(?:querySelector|createElement|body|documentElement|addEventListener|cookie)|window\.|localStorage|performance\.now)|\basync\b|\bawait\b/;
const PURE = 'the core is a function of its arguments: pass time and chance in, leave the DOM and waiting to src/ui';

const ROOMS: Readonly<Record<string, Room>> = {
  base: { rooms: [], packages: [], without: OUTSIDE, because: PURE },
  sim: { rooms: ['base'], packages: [], without: OUTSIDE, because: PURE },
  kubectl: { rooms: ['sim', 'base'], packages: ['yaml'], without: OUTSIDE, because: PURE },
  scenario: { rooms: ['kubectl', 'sim', 'base'], packages: ['yaml'], without: OUTSIDE, because: PURE },
  view: { rooms: ['base', 'sim'], packages: [], without: OUTSIDE, because: PURE },
  review: { rooms: ['base'], packages: ['ts-fsrs'], without: OUTSIDE, because: PURE },
  search: { rooms: ['base'], packages: ['flexsearch'], without: OUTSIDE, because: PURE },
  book: {
    rooms: ['scenario', 'kubectl', 'sim', 'base', 'i18n'],
    types: ['review', 'search'],
    packages: [
      'yaml',
      'satteri',
      '@astrojs/markdown-satteri',
      'shiki',
      'kubernetes-types',
      'pinyin-pro',
      'nspell',
      'dictionary-en-gb',
      'zod',
      'astro',
    ],
    without: /\b(?:document\.querySelector|window\.|localStorage)/,
    because: 'the book is made at build time, where there is no browser',
  },
  i18n: { rooms: [], packages: [], without: OUTSIDE, because: 'words have no logic' },
  ui: {
    rooms: ['base', 'sim', 'kubectl', 'scenario', 'view', 'review', 'search', 'i18n', 'styles'],
    packages: ['preact', '@preact/signals', 'idb', 'fflate', 'codemirror', '@codemirror', '@lezer', 'yaml'],
  },
};
/** Node's own modules are for what runs at build time or on the command line. */
const NODE_ALLOWED = /^src\/(?:book\/|scenario\/cli\.ts|pages\/|content\.config\.ts)/;
const LONGEST = 400;

const files = globSync('src/**/*.{ts,tsx,astro}').sort();
const sources = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));

interface Import {
  readonly line: number;
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(source: string): Import[] {
  const found: Import[] = [];
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?[^'"();]*?from\s*['"]([^'"]+)['"]|^\s*import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;
  for (const match of source.matchAll(pattern)) {
    const line = source.slice(0, match.index).split('\n').length + (/^\s*\n/.exec(match[0])?.[0].split('\n').length ?? 1) - 1;
    found.push({ line, from: (match[2] ?? match[3] ?? match[4])!, typeOnly: match[1] !== undefined });
  }
  return found;
}

const roomOf = (file: string): string => file.split('/')[1]!.replace(/\.\w+$/, '');
const isCommandLine = (file: string): boolean => file.endsWith('/cli.ts');
const withoutComments = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ' '));

function check(faults: readonly string[]): void {
  assert.ok(!faults.length, `\n${faults.join('\n')}`);
}

describe('house rules', () => {
  it('folders import only what the table allows', () => {
    const faults: string[] = [];
    for (const [file, source] of sources) {
      const name = roomOf(file);
      const room = ROOMS[name];
      if (!room) continue;
      for (const { line, from, typeOnly } of importsOf(source)) {
        const at = `${file}:${line}`;
        if (from.startsWith('.')) {
          const target = roomOf(normalize(join(dirname(file), from)));
          const allowed = target === name || room.rooms.includes(target) || (typeOnly && room.types?.includes(target));
          if (!allowed)
            faults.push(
              `${at}: src/${name} may not import src/${target}. Move the code to the lower folder, or hand the value in as an argument.`,
            );
        } else if (from.startsWith('node:')) {
          if (!NODE_ALLOWED.test(file))
            faults.push(`${at}: ${from} does not exist in a browser. Only src/book, pages and cli.ts may use it.`);
        } else if (!room.packages.some((name) => from === name || from.startsWith(`${name}/`))) {
          faults.push(`${at}: src/${name} may not import the package ${from}. The table of packages is in tests/tidy.test.ts.`);
        }
      }
    }
    check(faults);
  });

  it('the core has no clock, chance, DOM or waiting', () => {
    const faults: string[] = [];
    for (const [file, source] of sources) {
      const room = ROOMS[roomOf(file)];
      if (!room?.without || isCommandLine(file)) continue;
      const lines = withoutComments(source).split('\n');
      lines.forEach((text, at) => {
        const found = room.without!.exec(text);
        if (found) faults.push(`${file}:${at + 1}: “${found[0]}”: ${room.because}.`);
      });
    }
    check(faults);
  });

  it('no default exports, no barrels', () => {
    const faults: string[] = [];
    for (const [file, source] of sources) {
      if (!file.endsWith('.ts') && !file.endsWith('.tsx')) continue;
      if (/^export default/m.test(source))
        faults.push(`${file}: a default export has no name to search for. Export it by name.`);
      if (/^export \* from/m.test(source))
        faults.push(`${file}: a barrel hides where things are. Import from the file itself.`);
    }
    check(faults);
  });

  it('no circles of imports', () => {
    const graph = new Map<string, string[]>();
    for (const [file, source] of sources) {
      const targets = importsOf(source).filter(({ from, typeOnly }) => from.startsWith('.') && !typeOnly);
      graph.set(
        file,
        targets.map(({ from }) => normalize(join(dirname(file), from))),
      );
    }
    const done = new Set<string>();
    const faults: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at >= 0) faults.push(`${[...path.slice(at), file].join(' → ')}: a circle. Move what both need into a third file.`);
      if (at >= 0 || done.has(file)) return;
      for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
    check(faults);
  });

  it(`no file over ${LONGEST} lines`, () => {
    const faults = [...sources]
      .map(([file, source]) => ({ file, lines: source.split('\n').length - 1 }))
      .filter(({ lines }) => lines > LONGEST)
      .map(({ file, lines }) => `${file}: ${lines} lines. Find the seam and cut there.`);
    check(faults);
  });

  it('content imports nothing', () => {
    const faults = globSync('content/**/*.mdx').flatMap((file) =>
      importsOf(readFileSync(file, 'utf8')).map(
        ({ line }) => `${file}:${line}: pages get their components from the site. Remove the import.`,
      ),
    );
    check(faults);
  });

  it('only one file imports each of ts-fsrs and flexsearch', () => {
    for (const name of ['ts-fsrs', 'flexsearch']) {
      const users = [...sources]
        .filter(([, source]) => importsOf(source).some(({ from, typeOnly }) => from === name && !typeOnly))
        .map(([file]) => file);
      assert.ok(
        users.length <= 1,
        `${name} is imported by ${users.join(', ')}. Keep one door to it, so that it can be replaced.`,
      );
    }
  });
});
