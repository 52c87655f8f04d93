// Intervals in words, as short as they stand on a button: 10 min, 4 d, 2.3 mo.

import { intervalWords } from '../../i18n/stand.ts';
import { fill, inLang, type Twin } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import { minutesOf } from '../../review/day.ts';

const daysPerMonth = 365.25 / 12;

export function intervalText(intervalDays: number, lang: Lang): string {
  const { unit, n } = shortest(intervalDays);
  return fill(inLang(intervalWords satisfies Record<string, Twin>, lang)[unit], { n });
}

function shortest(days: number): { unit: keyof typeof intervalWords; n: number } {
  const minutes = minutesOf(days);
  if (minutes < 60) return { unit: 'minutes', n: minutes };
  if (days < 1) return { unit: 'hours', n: Math.round(minutes / 60) };
  if (days < 31) return { unit: 'days', n: Math.round(days) };
  if (days < 365) return { unit: 'months', n: tenths(days / daysPerMonth) };
  return { unit: 'years', n: tenths(days / 365.25) };
}

/** One decimal below ten, none above. */
const tenths = (n: number): number => (n < 9.95 ? Math.round(n * 10) / 10 : Math.round(n));
