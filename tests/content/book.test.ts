// The book as it stands is sound; and each way of breaking it is noticed, with the file and what to do.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadBook } from '../../src/book/book.ts';
import { checkBook } from '../../src/book/checks.ts';
import { formatProblem } from '../../src/book/problem.ts';

const root = join(import.meta.dirname, '..', '..');
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Problems of a copy of content/ in which one file was edited. */
function problemsAfter(file: string, edit: (text: string) => string): string[] {
  const copy = mkdtempSync(join(tmpdir(), 'ordinal-book-'));
  folders.push(copy);
  cpSync(join(root, 'content'), join(copy, 'content'), { recursive: true });
  const before = readFileSync(join(copy, file), 'utf8');
  const changed = edit(before);
  assert.notEqual(changed, before, `the edit of ${file} must change something`);
  writeFileSync(join(copy, file), changed);
  return checkBook(loadBook(copy)).map(formatProblem);
}

test('the book is sound', () => {
  assert.deepEqual(checkBook(loadBook(root)).map(formatProblem), []);
});

test('eight pages of chapter 10 stand in both languages', () => {
  const written = loadBook(root)
    .concepts.filter((concept) => concept.pages.en && concept.pages.zh)
    .map((concept) => concept.number);
  for (const number of [1, 3, 5, 6, 7, 8, 9, 10]) assert.ok(written.includes(number), `concept ${number}`);
});

test('all 13 units of kp10 have a home', () => {
  const { sources } = loadBook(root);
  const units = Array.from({ length: 13 }, (_, index) => `kp10-${String(index + 1).padStart(2, '0')}`);
  assert.deepEqual(
    units.filter((unit) => !sources.entries.has(unit)),
    [],
  );
});

const zh = 'content/concepts/one-replica/zh.mdx';
const en = 'content/concepts/one-replica/en.mdx';
const cases: { name: string; file: string; edit: (text: string) => string; says: RegExp }[] = [
  {
    name: 'a section is removed from one language',
    file: zh,
    edit: (text) => text.replace(/^## .*\{#crash\}\n/m, ''),
    says: /one-replica\/zh\.mdx:\d+: .*crash/,
  },
  {
    name: 'a section id differs',
    file: zh,
    edit: (text) => text.replace('{#crash}', '{#crashed}'),
    says: /zh\.mdx:\d+: here stands section “crashed”/,
  },
  {
    name: 'a heading has no id',
    file: en,
    edit: (text) => text.replace(' {#crash}', ''),
    says: /en\.mdx:\d+: a section has no id\. Write ## Heading/,
  },
  {
    name: 'a card is removed from one language',
    file: zh,
    edit: (text) => text.replace(/<Recall id="rounds-up"[\s\S]*?<\/Recall>\n/, ''),
    says: /one-replica\/zh\.mdx:\d+: .*Recall rounds-up/,
  },
  {
    name: 'a lab is removed from one language',
    file: zh,
    edit: (text) => text.replace(/<Lab [^>]*\/>\n/, ''),
    says: /one-replica\/zh\.mdx:\d+: .*<Lab/,
  },
  {
    name: 'a transcript differs between the languages',
    file: zh,
    edit: (text) => text.replace('image updated', 'image upgraded'),
    says: /zh\.mdx:\d+: here stands a transcript/,
  },
  {
    name: 'a term is in no glossary',
    file: en,
    edit: (text) => text.replace(/<Term id="[^"]+"/, '<Term id="no-such-term"'),
    says: /<Term id="no-such-term"> is in no glossary\. Add it to content\/glossary\.yaml/,
  },
  {
    name: 'a block is misspelt',
    file: en,
    edit: (text) => text.replace('<Lab ', '<Laboratory '),
    says: /<Laboratory> is no block of the house/,
  },
  {
    name: 'a scenario does not exist',
    file: en,
    edit: (text) => text.replace(/<Lab scenario="[^"]+"/, '<Lab scenario="nowhere"'),
    says: /no scenario is called “nowhere”/,
  },
  {
    name: 'a console block names no scenario',
    file: en,
    edit: (text) => text.replace(/```console scenario=\S+/, '```console'),
    says: /en\.mdx:\d+: a console block names no known scenario/,
  },
  {
    name: 'a link leads nowhere',
    file: en,
    edit: (text) => `${text}\nSee [there](#no-such-place).\n`,
    says: /the link #no-such-place leads nowhere on this page/,
  },
  {
    name: 'frontmatter lacks a key',
    file: en,
    edit: (text) => text.replace(/^summary: .*\n/m, ''),
    says: /en\.mdx:2: summary: .*See src\/book\/schema\.ts/,
  },
  {
    name: 'frontmatter has a key of its own',
    file: en,
    edit: (text) => text.replace(/^part: /m, 'colour: red\npart: '),
    says: /en\.mdx:\d+: .*colour/,
  },
  {
    name: 'a number is taken by another concept',
    file: en,
    edit: (text) => text.replace(/^number: 7$/m, 'number: 8'),
    says: /number is 8, but 7 in content\/concepts\.yaml/,
  },
  {
    name: 'a tag is left open',
    file: en,
    edit: (text) => text.replace('</Recall>', ''),
    says: /en\.mdx:\d*.*: this is not MDX/,
  },
  {
    name: 'a unit loses its home',
    file: 'content/sources.yaml',
    edit: (text) => text.replace(/^kp10-09: .*\n/m, ''),
    says: /kp10-09 has no home\. Add kp10-09: page#section/,
  },
  {
    name: 'a unit points to a section that is not there',
    file: 'content/sources.yaml',
    edit: (text) => text.replace(/^(kp10-09: one-replica)#.*$/m, '$1#nowhere'),
    says: /sources\.yaml:\d+: kp10-09: no section one-replica#nowhere in en and zh/,
  },
  {
    name: 'a YAML file is not YAML',
    file: 'content/glossary.yaml',
    edit: (text) => `${text}\nbroken: {en: [}\n`,
    says: /glossary\.yaml:\d+: this is not YAML/,
  },
  {
    name: 'a term has no Chinese',
    file: 'content/glossary.yaml',
    edit: (text) => text.replace(/^ {2}zh: .*\n/m, ''),
    says: /glossary\.yaml:\d+: \w[\w-]*\.zh/,
  },
  {
    name: 'an erratum is shown by a step that is not there',
    file: 'content/errata.yaml',
    edit: (text) => text.replace(/^ {4}step: .*$/m, '    step: no-such-step'),
    says: /errata\.yaml:\d+: .* has no step “no-such-step”/,
  },
  {
    name: 'Chinese holds a typed space',
    file: zh,
    edit: (text) => `${text}\n一个 Pod还在。\n`,
    says: /zh\.mdx:\d+: a space stands between Han and Latin/,
  },
  {
    name: 'Chinese holds half-width punctuation',
    file: zh,
    edit: (text) => `${text}\n旧的还在,新的也在。\n`,
    says: /zh\.mdx:\d+: half-width punctuation follows Han/,
  },
  {
    name: 'Chinese holds curly quotes',
    file: zh,
    edit: (text) => `${text}\n它说“在”。\n`,
    says: /zh\.mdx:\d+: curly or straight quotation marks/,
  },
  {
    name: 'bold would print its asterisks',
    file: zh,
    edit: (text) => `${text}\n打上**污点（taint）**之后。\n`,
    says: /zh\.mdx:\d+: bold touches punctuation/,
  },
  {
    name: 'a Chinese paragraph stands on two lines',
    file: zh,
    edit: (text) => `${text}\n旧的还在，\n新的也在。\n`,
    says: /zh\.mdx:\d+: a paragraph goes on after a line break/,
  },
];

for (const { name, file, edit, says } of cases) {
  test(`noticed: ${name}`, () => {
    const problems = problemsAfter(file, edit);
    assert.ok(
      problems.some((problem) => says.test(problem)),
      `none of these says ${says}:\n${problems.join('\n')}`,
    );
  });
}
