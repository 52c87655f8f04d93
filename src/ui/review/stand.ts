// Where a card stands for this reader, in one word.

import { standWords } from '../../i18n/stand.ts';
import { fill, inLang } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import { type Moment, studyDayOf } from '../../review/day.ts';
import { isDue, isLearning, type Memory } from '../../review/memory.ts';
import type { ReviewState } from '../../review/replay.ts';
import { intervalText } from './interval.ts';

export type Stand = 'new' | 'learning' | 'due' | 'later' | 'suspended' | 'buried';

export function standOf(memory: Memory, state: ReviewState, now: Moment): Stand {
  const today = studyDayOf(now, state.options.rolloverHour);
  if (memory.suspended) return 'suspended';
  if (memory.buriedDay === today) return 'buried';
  if (memory.phase === 'new') return 'new';
  if (isDue(memory, now.t, today)) return 'due';
  return isLearning(memory) ? 'learning' : 'later';
}

export function standText(memory: Memory, state: ReviewState, now: Moment, lang: Lang): string {
  const t = inLang(standWords, lang);
  const stand = standOf(memory, state, now);
  if (stand === 'due') return t.dueNow;
  if (stand !== 'later') return t[stand];
  return fill(t.dueIn, { interval: intervalText(memory.dueDay - studyDayOf(now, state.options.rolloverHour), lang) });
}
