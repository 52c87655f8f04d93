// The registry of cards: readers hang their memory on a card's id, so no id may vanish, come back as something else, or change its
// meaning unnoticed. content/cards.lock.json holds every id that ever was; the build fails until a change is decided.
import type { Card } from '../review/card.ts';
import type { Problem } from './problem.ts';
import type { LockedCard } from './schema.ts';

export type Lock = Readonly<Record<string, LockedCard>>;

const file = 'content/cards.lock.json';
const accept = (id: string): string => `node src/book/cli.ts --accept ${id}`;

function checkCard(card: Card, locked: LockedCard | undefined): Problem[] {
  const at = { file, line: 0 };
  if (!locked) return [{ ...at, fact: `the card “${card.id}” is new`, mend: `Enter it: ${accept(card.id)}` }];
  if (locked.retired)
    return [
      {
        ...at,
        fact: `the card “${card.id}” was retired and is back`,
        mend: 'An id is never used again: choose another for the new card.',
      },
    ];
  if (locked.kind !== card.kind)
    return [
      {
        ...at,
        fact: `the card “${card.id}” was ${locked.kind} and is now ${card.kind}`,
        mend: 'Choose another id for the new card, and retire this one.',
      },
    ];
  const changed = (['en', 'zh'] as const).filter((lang) => locked[lang] !== card.hash[lang]);
  if (changed.length === 0) return [];
  return [
    {
      ...at,
      fact: `the card “${card.id}” reads differently in ${changed.join(' and ')}`,
      mend: `If it still asks the same thing, keep its readers' memory: ${accept(card.id)}. If it asks something else, give it a new id and retire this one.`,
    },
  ];
}

/** Cards that are new, changed, vanished or back, against what was decided before. */
export function checkRegistry(cards: readonly Card[], lock: Lock): Problem[] {
  const present = new Set(cards.map((card) => card.id));
  const taken = new Set(Object.values(lock).flatMap((locked) => locked.aliases ?? []));
  const gone = Object.entries(lock).filter(([id, locked]) => !present.has(id) && !locked.retired && !taken.has(id));
  return [
    ...cards.flatMap((card) => checkCard(card, lock[card.id])),
    ...gone.map(([id]) => ({
      file,
      line: 0,
      fact: `the card “${id}” has vanished`,
      mend: `If it has a new id, add "aliases": ["${id}"] there. If it is no longer asked: node src/book/cli.ts --retire ${id}`,
    })),
  ];
}

/** The registry with the present face of these cards (or of all) written down. Retired ids stay as they are. */
export function withAccepted(lock: Lock, cards: readonly Card[], ids: readonly string[] | 'all', today: string): Lock {
  const next: Record<string, LockedCard> = { ...lock };
  for (const card of cards) {
    if (ids !== 'all' && !ids.includes(card.id)) continue;
    const known = lock[card.id];
    if (known?.retired) continue;
    next[card.id] = { ...known, kind: card.kind, en: card.hash.en, zh: card.hash.zh, since: known?.since ?? today };
  }
  return Object.fromEntries(Object.entries(next).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The registry with an id that will never be asked again. */
export function withRetired(lock: Lock, id: string): Lock {
  const known = lock[id];
  return known ? { ...lock, [id]: { ...known, retired: true } } : lock;
}

/** Former id → present id, for the review's log. */
export const aliasesOf = (lock: Lock): Record<string, string> =>
  Object.fromEntries(Object.entries(lock).flatMap(([id, locked]) => (locked.aliases ?? []).map((alias) => [alias, id])));
