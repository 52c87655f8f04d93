// The deck that the pages yield: one card for each marked passage, in both languages, and a registry that forgets nothing.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Book, loadBook } from '../../src/book/book.ts';
import { cardsOf, silent } from '../../src/book/cards.ts';
import { aliasesOf, checkRegistry, type Lock, withAccepted, withRetired } from '../../src/book/registry.ts';
import type { Card } from '../../src/review/card.ts';

const book: Book = loadBook(join(import.meta.dirname, '..', '..'));
/** The faces, not the answers, are looked at here; answers.test.ts lets the engine answer. */
const cards = cardsOf(book, { ...silent, refusalOf: () => 'refused' });

const card = (id: string): Card => {
  const found = cards.find((each) => each.id === id);
  assert.ok(found, `no card ${id}`);
  return found;
};

test('every marked passage, blank, prediction, manifest and erratum of a page is a card', () => {
  for (const concept of book.concepts) {
    const page = concept.pages.en;
    assert.ok(page);
    const marked = page.blocks.filter(
      ({ name, attributes }) =>
        ['Recall', 'Blank', 'Predict', 'Erratum'].includes(name) || (name === 'Manifest' && attributes['id'] !== undefined),
    ).length;
    const made = cards.filter(({ id }) => id.startsWith(`${concept.slug}/`)).length;
    assert.equal(made, marked, concept.slug);
  }
});

test('ids are unique, and every card has two sides in both languages', () => {
  assert.equal(new Set(cards.map(({ id }) => id)).size, cards.length);
  for (const { id, face } of cards) {
    for (const side of [face.en, face.zh]) {
      assert.ok(side.question.replace(/<[^>]+>/g, '').length > 3, `${id}: question`);
      assert.ok(side.answer.replace(/<[^>]+>/g, '').length > 0, `${id}: answer`);
    }
    assert.match(face.zh.question + face.zh.answer, /\p{Script=Han}/u, `${id} speaks Chinese`);
  }
});

test('a card leads back to an anchor of its page', () => {
  for (const { id, href } of cards) {
    const [, slug, anchor] = /^concepts\/([^/]+)\/#(.+)$/.exec(href) ?? [];
    const page = book.concepts.find((concept) => concept.slug === slug)?.pages.en;
    const anchors = [
      ...(page?.sections.map((section) => section.id) ?? []),
      ...(page?.blocks.map((block) => block.attributes['id']) ?? []),
    ];
    assert.ok(anchors.includes(anchor), `${id} → ${href}`);
  }
});

test('cards stand in page order', () => {
  const orders = cards.map(({ order }) => order);
  assert.deepEqual(
    orders,
    [...orders].sort((a, b) => a - b),
  );
});

test('faces hold no style, script or component', () => {
  for (const { id, face } of cards) {
    for (const html of [face.en, face.zh].flatMap((side) => [side.question, side.answer, ...(side.choices ?? [])])) {
      const tags = [...html.matchAll(/<\/?([A-Za-z]\w*)([^>]*)>/g)];
      for (const [, name = '', rest = ''] of tags) {
        assert.match(name, /^(p|code|em|strong|ul|ol|li|pre|br|mark|del|sup|sub)$/, `${id}: <${name}>`);
        assert.equal(rest.trim(), '', `${id}: <${name}${rest}>`);
      }
    }
  }
});

test('a cloze hides its own blank and no other', () => {
  const clozes = cards.filter(({ kind }) => kind === 'cloze');
  assert.ok(clozes.length > 0);
  for (const { id, face } of clozes) {
    assert.equal(face.en.question.split('[…]').length, 2, id);
    assert.equal(face.zh.question.split('[……]').length, 2, id);
    assert.ok(!face.en.question.includes(`${face.en.answer.replace(/<[^>]+>/g, '')} [`), id);
  }
});

test('a recall card is the passage of the page, without its components', () => {
  const { face } = card('one-replica/rounds-up');
  assert.match(face.en.question, /^<p>A Deployment has one replica/);
  assert.match(face.en.answer, /rolling update/);
  assert.doesNotMatch(face.en.answer, /Term|undefined/);
});

test('a term asks for its meaning, a pair for the other word; words that share one of theirs make no pair', () => {
  const ids = new Set(cards.map(({ id }) => id));
  for (const [id] of book.glossary.entries) assert.ok(ids.has(`term/${id}`), id);
  for (const id of ['quorum', 'claim', 'orphan']) assert.ok(ids.has(`pair/${id}`), id);
  for (const id of ['lease', 'pod-template', 'srv-record', 'cluster-dns']) assert.ok(!ids.has(`pair/${id}`), id);
});

const lock: Lock = withAccepted({}, cards, 'all', '2026-01-01');
const first = card('one-replica/rounds-up');
const without = (id: string): Card[] => cards.filter((each) => each.id !== id);
const with_ = (change: Partial<Card>): Card[] => cards.map((each) => (each.id === first.id ? { ...each, ...change } : each));
const { [first.id]: _, ...unknown } = lock;

const decisions: { name: string; cards: Card[]; lock: Lock; says: RegExp | null }[] = [
  { name: 'nothing changed', cards, lock, says: null },
  { name: 'a new card', cards, lock: unknown, says: /“one-replica\/rounds-up” is new\. Enter it|is new/ },
  { name: 'a vanished card', cards: without(first.id), lock, says: /has vanished/ },
  {
    name: 'a vanished card with an alias',
    cards: without(first.id),
    lock: { ...lock, 'term/replica': { ...lock['term/replica']!, aliases: [first.id] } },
    says: null,
  },
  { name: 'a retired card', cards: without(first.id), lock: withRetired(lock, first.id), says: null },
  { name: 'a retired card that is back', cards, lock: withRetired(lock, first.id), says: /was retired and is back/ },
  { name: 'another kind under an old id', cards: with_({ kind: 'cloze' }), lock, says: /was recall and is now cloze/ },
  { name: 'a changed face', cards: with_({ hash: { ...first.hash, zh: '00000000' } }), lock, says: /reads differently in zh/ },
];

for (const { name, cards: present, lock: known, says } of decisions) {
  test(`registry: ${name}`, () => {
    const problems = checkRegistry(present, known).map(({ fact }) => fact);
    if (says === null) assert.deepEqual(problems, []);
    else assert.ok(problems.length === 1 && says.test(problems[0]!), problems.join('\n'));
  });
}

test('accepting keeps the date on which an id was born, and never revives a retired one', () => {
  const later = withAccepted(withRetired(lock, first.id), cards, 'all', '2027-01-01');
  assert.equal(later[first.id]?.since, '2026-01-01');
  assert.equal(later[first.id]?.retired, true);
});

test('an alias leads from the former id to the present one', () => {
  assert.deepEqual(
    aliasesOf({ 'a/new': { kind: 'recall', en: '00000000', zh: '00000000', since: '2026-01-01', aliases: ['a/old'] } }),
    { 'a/old': 'a/new' },
  );
});
