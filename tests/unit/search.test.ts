import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { excerptOf, markTerms } from '../../src/search/excerpt.ts';
import { slipsBetween } from '../../src/search/expand.ts';
import { buildIndex, openIndex } from '../../src/search/index.ts';
import { createSearcher } from '../../src/search/ranking.ts';
import type { SearchSection, Synonym } from '../../src/search/section.ts';
import { latinTokens, partsOf, piecesOf, segmentBy, stem } from '../../src/search/tokens.ts';

const section = (lang: 'en' | 'zh', id: string, page: string, heading: string, text: string): SearchSection => ({
  id,
  lang,
  kind: 'section',
  number: 1,
  page,
  heading,
  href: `/${lang}/concepts/${id.replace('#', '/#')}`,
  text,
});

const english = [
  section('en', 'headless#', 'Names in DNS', '', 'A Service without an address answers with the addresses of its Pods.'),
  section(
    'en',
    'headless#records',
    'Names in DNS',
    'A headless Service',
    'With clusterIP None there is no virtual address. Each Pod gets a record.',
  ),
  section(
    'en',
    'storage#templates',
    'A disk each',
    'One claim a replica',
    'The field volumeClaimTemplates makes a PersistentVolumeClaim for each Pod.',
  ),
  section(
    'en',
    'election#lease',
    'The leader holds the Lease',
    'Who leads',
    'Leader election by a Lease: the holder renews it, the others wait.',
  ),
  section('en', 'sets#order', 'StatefulSet', 'Order', 'Pods of a StatefulSet start in order. Replicas keep their names.'),
];
const chinese = [
  section('zh', 'headless#', 'DNS里的名字', '', '没有地址的Service，用自己名下各个Pod的地址来回答。'),
  section('zh', 'headless#records', 'DNS里的名字', '无头服务', '把clusterIP设为None，就没有虚拟地址了，每个Pod有一条记录。'),
  section(
    'zh',
    'storage#templates',
    '一人一块盘',
    '每个副本一份声明',
    '字段volumeClaimTemplates给每个Pod建一份PersistentVolumeClaim。',
  ),
  section('zh', 'election#lease', '用Lease选主', '谁是主', '靠Lease选主：持有者续期，其余的等着。'),
  section('zh', 'sets#order', '有状态副本集', '顺序', 'StatefulSet的Pod按顺序启动，名字不变。'),
];
const synonyms: Synonym[] = [
  { id: 'headless', en: ['headless Service'], zh: ['无头服务'] },
  { id: 'statefulset', en: ['StatefulSet', 'sts'], zh: ['有状态副本集'] },
  { id: 'leader-election', en: ['leader election'], zh: ['选主', '领导者选举'] },
];
const pinyin = { youzhuangtaifubenji: ['有状态副本集'], wtfw: ['无头服务'] };

const searchers = {
  en: createSearcher(openIndex(buildIndex(english, chinese, synonyms))),
  zh: createSearcher(openIndex(buildIndex(chinese, english, synonyms, pinyin))),
};
const first = (lang: 'en' | 'zh', query: string) => searchers[lang].search(query)[0]?.record.id;

describe('tokens', () => {
  const stems: [string, string][] = [
    ['replicas', 'replica'],
    ['policies', 'policy'],
    ['classes', 'class'],
    ['status', 'status'],
    ['address', 'address'],
    ['dns', 'dns'],
  ];
  for (const [word, expected] of stems) it(`${word} → ${expected}`, () => assert.equal(stem(word), expected));

  it('cuts identifiers at dots and humps', () => {
    assert.deepEqual(partsOf('spec.volumeClaimTemplates'), ['spec', 'volume', 'claim', 'template']);
    assert.deepEqual(partsOf('EndpointSlice'), ['endpoint', 'slice']);
    assert.deepEqual(partsOf('Pod'), []);
  });
  it('drops hashes and addresses', () => {
    assert.deepEqual(latinTokens('8698b85fd5'), []);
    assert.deepEqual(latinTokens('10.0.0.12'), []);
  });
  it('separates Han from Latin without a space', () => {
    assert.deepEqual(
      piecesOf('删掉Pod的名字').map((piece) => piece.text),
      ['删掉', 'Pod', '的名字'],
    );
  });
  it('cuts a query by the fewest words the index knows', () => {
    const words = new Set(['无头', '服务', '无头服务', '头服']);
    const segment = segmentBy(
      (word) => words.has(word),
      () => false,
    );
    assert.deepEqual(segment('无头服务'), ['无头服务']);
    assert.deepEqual(segment('服务无头'), ['服务', '无头']);
  });
});

describe('slips', () => {
  const cases: [string, string, number][] = [
    ['headles', 'headless', 1],
    ['hedaless', 'headless', 1],
    ['volumeclaimtemplat', 'volumeclaimtemplate', 1],
    ['pod', 'pod', 0],
  ];
  for (const [a, b, distance] of cases) it(`${a} → ${b}: ${distance}`, () => assert.equal(slipsBetween(a, b, 2), distance));
});

describe('ranking', () => {
  const cases: { name: string; lang: 'en' | 'zh'; query: string; id: string }[] = [
    { name: 'a word in the heading', lang: 'en', query: 'headless', id: 'headless#records' },
    { name: 'a Chinese word', lang: 'zh', query: '无头服务', id: 'headless#records' },
    { name: 'full-width letters', lang: 'zh', query: 'ＳｔａｔｅｆｕｌＳｅｔ', id: 'sets#order' },
    { name: 'an abbreviation', lang: 'en', query: 'sts', id: 'sets#order' },
    { name: 'the other language, by synonym', lang: 'en', query: '选主', id: 'election#lease' },
    { name: 'the other language, by the twin’s heading', lang: 'zh', query: 'One claim a replica', id: 'storage#templates' },
    { name: 'a field with a slip', lang: 'en', query: 'volumeClaimTemplats', id: 'storage#templates' },
    { name: 'a word not yet finished', lang: 'en', query: 'persistentvol', id: 'storage#templates' },
    { name: 'Han not yet finished', lang: 'zh', query: '无头服', id: 'headless#records' },
    { name: 'pinyin', lang: 'zh', query: 'youzhuangtaifubenji', id: 'sets#order' },
    { name: 'initials of pinyin, as an input method shows them', lang: 'zh', query: "w't'f'w", id: 'headless#records' },
    { name: 'a question', lang: 'en', query: 'who is the leader and how is the lease renewed?', id: 'election#lease' },
    { name: 'a Chinese question', lang: 'zh', query: '怎么靠Lease选主？', id: 'election#lease' },
    { name: 'joined words', lang: 'en', query: 'persistent volume claim', id: 'storage#templates' },
  ];
  for (const { name, lang, query, id } of cases) it(`finds ${name}: ${query}`, () => assert.equal(first(lang, query), id));

  it('gives nothing for an empty or unknown query', () => {
    assert.deepEqual(searchers.en.search('   '), []);
    assert.deepEqual(searchers.en.search('zzzzzz'), []);
  });
  it('knows when a query is a glossary word', () => {
    assert.deepEqual(searchers.en.namedBy('Headless Services'), ['headless']);
    assert.deepEqual(searchers.en.namedBy('headless things'), []);
  });
});

describe('the packed index', () => {
  it('survives the way to the browser as JSON', () => {
    const packed = buildIndex(english, chinese, synonyms);
    const opened = openIndex(JSON.parse(JSON.stringify(packed)));
    assert.ok(opened.postings('headless').get(1)!.inHeading);
    assert.equal(opened.postings('nothing-of-this-name').size, 0);
  });
  it('refuses another version', () => {
    const packed = { ...buildIndex(english, chinese, synonyms), version: 2 };
    assert.throws(() => openIndex(packed as never), /version 2/);
  });
});

describe('excerpts', () => {
  it('marks what was found', () => {
    assert.deepEqual(markTerms('A headless Service', ['headless']), [
      { text: 'A ', hit: false },
      { text: 'headless', hit: true },
      { text: ' Service', hit: false },
    ]);
  });
  it('marks Han inside a run', () => {
    assert.deepEqual(
      markTerms('用Lease选主', ['选主']).filter((stretch) => stretch.hit),
      [{ text: '选主', hit: true }],
    );
  });
  it('shows punctuation as it was written', () => {
    const shown = markTerms('谁会问，谁不问？ＰＶＣ', ['pvc']);
    assert.deepEqual(shown, [
      { text: '谁会问，谁不问？', hit: false },
      { text: 'ＰＶＣ', hit: true },
    ]);
  });
  it('opens the window near the matches', () => {
    const text = `${'filler words '.repeat(40)}the Lease is renewed by its holder. ${'more filler '.repeat(40)}`;
    const shown = excerptOf(text, ['lease', 'holder'], 80)
      .map((stretch) => stretch.text)
      .join('');
    assert.match(shown, /Lease is renewed by its holder/);
    assert.ok(shown.length < 90);
  });
});
