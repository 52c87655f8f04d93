// What comes: the queue of a later day, if nothing more is done until then.

import type { DeckCard } from './card.ts';
import { type Moment, startOfStudyDay, studyDayOf } from './day.ts';
import { type Queue, queueOf } from './queue.ts';
import type { ReviewState } from './replay.ts';

/** The next study day's queue, limits and siblings included; at its last minute, so that every learning step has ended. */
export function tomorrowOf(deck: readonly DeckCard[], state: ReviewState, now: Moment): Queue {
  const { rolloverHour } = state.options;
  const dayAfter = startOfStudyDay(studyDayOf(now, rolloverHour) + 2, now.utcOffsetMin, rolloverHour);
  return queueOf(deck, state, { t: dayAfter - 60_000, utcOffsetMin: now.utcOffsetMin });
}
