// Small pure parts of the site, as tables: typography, text, fields of manifests, the map, rows side by side, addresses.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { exchangesOf } from '../../src/book/exchange.ts';
import { fieldAt } from '../../src/book/fields.ts';
import { keysOf, manifestHtml } from '../../src/book/manifest.ts';
import { inlineHtml, withWholeNames } from '../../src/book/text.ts';
import { brokenParagraphs, slipsOf, slipsOfLine } from '../../src/book/typography.ts';
import { curvesOf, layOut } from '../../src/components/map.ts';
import { rowsOf } from '../../src/components/rows.ts';
import { count, fill, inLang } from '../../src/i18n/twins.ts';
import { answerTo } from '../support/serve.ts';

const right = [
  '节点挂了，Deployment的Pod换个地方又起来了，StatefulSet的为什么不回来？',
  '要等`kubelet`报告，Pod Disruption Budget才会放行。',
  '沉默12秒就不再信任节点，大约40～60秒。',
  '**污点**（taint）会拦住它。',
  '它问的是「至多一个」——没有别的。',
  '命令是kubectl scale deploy shop --replicas=5。',
  'Plain English, with “quotes” (and brackets).',
];
const wrong: readonly [string, RegExp][] = [
  ['一个 Pod', /between Han and Latin/],
  ['Pod 没有了', /between Han and Latin/],
  ['用`kubectl` 看', /between Han and Latin/],
  ['好， 再来', /beside full-width/],
  ['好,再来', /half-width/],
  ['好(再来)', /half-width/],
  ['完了.', /half-width/],
  ['它说“好”', /quotation marks/],
  ['打上**污点（taint）**之后', /bold/],
  ['大约40~60秒', /range/],
  ['等等...', /three dots|half-width/],
];

for (const text of right) test(`good Chinese: ${text}`, () => assert.deepEqual(slipsOf(text), []));
for (const [text, says] of wrong) {
  test(`a slip: ${text}`, () =>
    assert.ok(
      slipsOf(text).some(({ fact }) => says.test(fact)),
      JSON.stringify(slipsOf(text)),
    ));
}

test('the cells of a table row are judged one by one', () => {
  assert.deepEqual(slipsOfLine('| 一个副本（第7页） | Pod的个数 |'), []);
  assert.equal(slipsOfLine('| 一个 Pod | 两个 |').length, 1);
});

test('a paragraph of Han on two lines is found, lists and tables are not', () => {
  assert.deepEqual(brokenParagraphs('一段话，\n接着说。\n\n- 一\n- 二\n\n| 甲 | 乙 |\n| 丙 | 丁 |\n'), [2]);
});

test('backticks are the only markup of a question', () => {
  assert.equal(inlineHtml('Why `a < b` & <i>?'), 'Why <code>a &lt; b</code> &amp; &lt;i&gt;?');
});

test('a name that ends in a hyphen and a number stays on one line, and nothing else is touched', () => {
  const held = (name: string): string => `<span class="nb">${name}</span>`;
  assert.equal(withWholeNames('看db-0，再看data-db-1.db'), `看${held('db-0')}，再看${held('data-db-1')}.db`);
  for (const text of ['db-7ddc94c5b5', '10-244-0-3.db', 'step-by-step', 'persistentvolumeclaim-of-db-1', 'a db- 1'])
    assert.equal(withWholeNames(text), text);
});

test('a transcript is commands and what each printed', () => {
  assert.deepEqual(exchangesOf('$ a\nx\n\ny\n$ b'), [
    { command: 'a', text: 'x\n\ny', line: 0 },
    { command: 'b', text: '', line: 4 },
  ]);
});

const fields: readonly [string, string, string[], string | undefined][] = [
  ['apps/v1', 'Deployment', ['spec', 'replicas'], 'DeploymentSpec.replicas'],
  ['apps/v1', 'Deployment', ['spec', 'template', 'spec', 'containers', 'image'], 'Container.image'],
  ['apps/v1', 'Deployment', ['metadata', 'labels'], 'ObjectMeta.labels'],
  ['apps/v1', 'Deployment', ['metadata', 'labels', 'app'], undefined],
  ['v1', 'Service', ['spec', 'selector'], 'ServiceSpec.selector'],
  ['policy/v1', 'PodDisruptionBudget', ['spec', 'minAvailable'], 'PodDisruptionBudgetSpec.minAvailable'],
  ['coordination.k8s.io/v1', 'Lease', ['spec', 'holderIdentity'], 'LeaseSpec.holderIdentity'],
  ['apps/v1', 'Deployment', ['spec', 'replicaz'], undefined],
  ['example.com/v1', 'Thing', ['spec'], undefined],
];
for (const [apiVersion, kind, path, id] of fields) {
  test(`field: ${kind}.${path.join('.')}`, () => assert.equal(fieldAt(apiVersion, kind, path)?.id, id));
}

test('a manifest is printed as it is, its keys as links and its comments marked', () => {
  const text = '# a "b"\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\n';
  const html = manifestHtml(text, keysOf(text), ({ id }) => id);
  assert.equal(html.replace(/<[^>]+>/g, '').replace(/&quot;/g, '"'), text);
  assert.match(
    html,
    /^<span class="yc"># a &quot;b&quot;<\/span>\n<a class="yk" href="#Object\.apiVersion">apiVersion<\/a>: v1/,
  );
  assert.match(html, /\{<a class="yk" href="#ObjectMeta\.name">name<\/a>: x\}/);
});

const planned = (number: number, part: 'foundations' | 'stateful', needs: string[] = []) => ({
  number,
  slug: `c${number}`,
  part,
  title: { en: '', zh: '' },
  question: { en: '', zh: '' },
  needs,
});

test('the map: a long part takes two columns, a curve leads from each need', () => {
  const plan = [
    planned(0, 'foundations'),
    ...Array.from({ length: 11 }, (_, index) => planned(index + 1, 'stateful', index === 0 ? ['c0'] : [`c${index}`])),
  ];
  const columns = layOut(plan);
  assert.deepEqual(
    columns.map(({ part, stops }) => [part, stops.length]),
    [
      ['foundations', 1],
      ['stateful', 6],
      ['stateful', 5],
    ],
  );
  const curves = curvesOf(columns);
  assert.equal(curves.length, 11);
  assert.match(curves[0]?.d ?? '', /^M14 5C/);
  for (const { d } of curves) assert.doesNotMatch(d, /NaN|undefined/);
});

const cut = (kind: string, html: string) => `<!--cut ${kind}-->${html}<!--cut-->`;
const rows: readonly { name: string; left: string; right: string; are: [string, string, string][] }[] = [
  {
    name: 'pairs stand next to each other',
    left: `a${cut('pair', 'H')}b`,
    right: `甲${cut('pair', '头')}乙`,
    are: [
      ['pair', 'a', '甲'],
      ['pair', 'H', '头'],
      ['pair', 'b', '乙'],
    ],
  },
  {
    name: 'what is shared stands once',
    left: `a${cut('shared', '$ x')}`,
    right: `甲${cut('shared', '$ x')}`,
    are: [
      ['pair', 'a', '甲'],
      ['shared', '$ x', ''],
    ],
  },
  {
    name: 'text on one side only keeps the cuts in step',
    left: `a${cut('pair', 'H')}`,
    right: cut('pair', '头'),
    are: [
      ['pair', 'a', ''],
      ['pair', 'H', '头'],
    ],
  },
  {
    name: 'text on the other side only, too',
    left: cut('pair', 'H'),
    right: `甲${cut('pair', '头')}`,
    are: [
      ['pair', '', '甲'],
      ['pair', 'H', '头'],
    ],
  },
];
for (const { name, left, right: other, are } of rows) {
  test(`side by side: ${name}`, () =>
    assert.deepEqual(
      rowsOf(left, other).map((row) => [row.kind, row.left, row.right]),
      are,
    ));
}

test('words: places, plurals, twins', () => {
  assert.equal(fill('{n} of {all}, {missing}', { n: 1, all: 2 }), '1 of 2, {missing}');
  assert.equal(count('{n} card|{n} cards', 1), '1 card');
  assert.equal(count('{n} card|{n} cards', 2), '2 cards');
  assert.equal(count('{n}张卡片', 2), '2张卡片');
  assert.deepEqual(inLang({ save: ['Save', '保存'] }, 'zh'), { save: '保存' });
});

const root = join(import.meta.dirname, '..', 'support');
const addresses: readonly [string, object][] = [
  ['/serve.ts', { file: join(root, 'serve.ts'), code: 200 }],
  ['/../unit/site.test.ts', { file: join(root, '404.html'), code: 404 }],
  ['/%2e%2e/unit/site.test.ts', { file: join(root, '404.html'), code: 404 }],
  ['/%', { file: join(root, '404.html'), code: 404 }],
  ['/nothing', { file: join(root, '404.html'), code: 404 }],
];
for (const [url, answer] of addresses) test(`server: ${url}`, () => assert.deepEqual(answerTo(root, url), answer));

test('server: a folder without its slash is led there, with its query', () => {
  assert.deepEqual(answerTo(join(root, '..'), '/support?q=1'), { location: '/support/?q=1' });
});
