// The book as it stands is sound; and each way of breaking it is noticed, with the file and what to do.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadBook } from '../../src/book/book.ts';
import { checkAll } from '../../src/book/check-all.ts';
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
  return checkAll(loadBook(copy)).map(formatProblem);
}

test('the book is sound', () => {
  assert.deepEqual(checkAll(loadBook(root)).map(formatProblem), []);
});

test('forty concepts stand in both languages, and every one of the 195 units has a home or a reason', () => {
  const { concepts, plan, notes, sources } = loadBook(root);
  assert.deepEqual(
    concepts.filter(({ pages }) => pages.en && pages.zh).map(({ number }) => number),
    plan.map(({ number }) => number),
  );
  assert.equal(concepts.length, 40);
  const units = [...notes.entries].flatMap(([set, entry]) =>
    Array.from({ length: entry.units }, (_, index) => `${set}-${String(index + 1).padStart(2, '0')}`),
  );
  assert.equal(units.length, 195);
  assert.deepEqual([...sources.entries.keys()].sort(), units.sort());
});

test('every page has a lab', () => {
  const silent = loadBook(root).concepts.filter(({ pages: { en } }) => !en?.blocks.some(({ name }) => name === 'Lab'));
  assert.deepEqual(
    silent.map(({ slug }) => slug),
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
    name: 'a link to another page leads nowhere',
    file: en,
    edit: (text) => `${text}\nSee [there](../recreate/#no-such-place).\n`,
    says: /the link \.\.\/recreate\/#no-such-place leads nowhere\. Use a page and a section that stand/,
  },
  {
    name: 'a link names its language',
    file: en,
    edit: (text) => `${text}\nSee [there](/en/concepts/recreate/).\n`,
    says: /the link \/en\/concepts\/recreate\/ names its language\. Write \.\.\/recreate\//,
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
  {
    name: 'a word is misspelt',
    file: en,
    edit: (text) => text.replace('An update that hangs', 'An updaet that hangs'),
    says: /en\.mdx:\d+: “updaet” is in no dictionary\. Perhaps “update”\. If it is right, add it to content\/words\.txt/,
  },
  {
    name: 'a kind is misspelt, in Chinese too',
    file: zh,
    edit: (text) => `${text}\nReplicaset会补上。\n`,
    says: /zh\.mdx:\d+: “Replicaset” is ReplicaSet in the API\. Write ReplicaSet/,
  },
  {
    name: 'a word of a lab is misspelt',
    file: 'content/scenarios/deploy-one-replica.yaml',
    edit: (text) => text.replace(/( {4}en: )[A-Z]/, '$1Wehn t'),
    says: /deploy-one-replica\.yaml:\d+: “Wehn” is in no dictionary/,
  },
  {
    name: 'another Chinese word than the glossary’s is used',
    file: 'content/glossary.yaml',
    edit: (text) => text.replace('avoid: {zh: [复本]}', 'avoid: {zh: [复本, 节点]}'),
    says: /zh\.mdx:\d+: “节点” is not the glossary's word\. Write “副本”/,
  },
  {
    name: 'a transcript shows what no run prints',
    file: en,
    edit: (text) => text.replace('deployment.apps/web image updated', 'deployment.apps/web image changed'),
    says: /one-replica\/en\.mdx:\d+: “kubectl set image .*” prints something else in the run/,
  },
  {
    name: 'a manifest on a page is not valid',
    file: 'content/scenarios/deploy-one-replica.yaml',
    edit: (text) => text.replace(/^ {6}replicas: 1$/m, '      replicas: one'),
    says: /en\.mdx:\d+: the API does not take web\.yaml: .*Mend the file, or mark it “refused”/s,
  },
  {
    name: 'a manifest is marked refused and is taken',
    file: en,
    edit: (text) => text.replace(/<Manifest ([^>]*) \/>/, '<Manifest $1 refused />'),
    says: /en\.mdx:\d+: web\.yaml is marked refused, but the API takes it/,
  },
  {
    name: 'a gap in a manifest has no value',
    file: 'content/concepts/recreate/en.mdx',
    edit: (text) => text.replace('blank="spec.strategy.type"', 'blank="spec.strategy.kind"'),
    says: /recreate\/en\.mdx:\d+: recreate\.yaml has no single value at spec\.strategy\.kind/,
  },
  {
    name: 'a prediction has two right choices',
    file: 'content/scenarios/one-replica-recreate.yaml',
    edit: (text) => text.replace('{when: {processes app=no-surge: 0}', "{when: {processes app=no-surge: '>= 0'}"),
    says: /one-replica-recreate\.yaml: .*prediction "no-surge" has 2 right choices/,
  },
  {
    name: 'a goal is reached by doing nothing',
    file: 'content/scenarios/one-replica-recreate.yaml',
    edit: (text) => text.replace('check: {ready app=recreate: 1, processes app=recreate: 1}', 'check: {pods app=rolling: 1}'),
    says: /one-replica-recreate\.yaml: .*the goal holds before anybody did anything/,
  },
  {
    name: 'a step is no step',
    file: 'content/scenarios/deploy-one-replica.yaml',
    edit: (text) => text.replace(/^- settle: .*$/m, '- setle: 3s'),
    says: /deploy-one-replica\.yaml:\d+: steps\.\d+ is no step\. Give it exactly one of run/,
  },
  {
    name: 'a card asks something new without a decision',
    file: en,
    edit: (text) => text.replace(/question="A Deployment has one replica/, 'question="Some Deployment has one replica'),
    says: /cards\.lock\.json: the card “one-replica\/rounds-up” reads differently in en\. .*--accept/,
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
