// Cards in the order of their pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conceptNumberOf, type DeckCard, firstCardAfter } from '../../src/review/card.ts';

const card = (concept: string, order: number): DeckCard => ({
  id: `${concept}/${order}`,
  kind: 'recall',
  order,
  href: `concepts/${concept}/#${order}`,
  title: concept,
  question: '?',
  answer: '!',
  hash: '00000000',
});
/** Not in page order, and number 2 has no cards. */
const deck = [card('third', 3001), card('none', 0), card('third', 3000), card('one', 1002), card('one', 1000)];

const cases = [
  { after: 'none', is: 'one/1000' },
  { after: 'one', is: 'third/3000' },
  { after: 'third', is: undefined },
  { after: 'unknown', is: undefined },
];

for (const { after, is } of cases)
  test(`after the cards of ${after}: ${is}`, () => assert.equal(firstCardAfter(deck, after)?.id, is));

test('a card tells the number of its concept', () => assert.deepEqual(deck.map(conceptNumberOf), [3, 0, 3, 1, 1]));
