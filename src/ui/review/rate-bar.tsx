// Under the card: one button that shows the answer, then four ratings with what each would do. On a phone it stands at the bottom.

import type { JSX } from 'preact';
import { reviewWords } from '../../i18n/review.ts';
import { fill, inLang } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import { again, good, type Rating, ratings } from '../../review/event.ts';
import { outcomesOf } from '../../review/plan.ts';
import { readerClock } from '../storage/store.ts';
import { intervalText } from './interval.ts';
import type { OpenCard, Session } from './session.ts';

interface Props {
  readonly session: Session;
  readonly open: OpenCard;
  readonly lang: Lang;
}

export function RateBar({ session, open, lang }: Props): JSX.Element {
  const t = inLang(reviewWords, lang);
  if (open.isOpen) return <Ratings session={session} open={open} lang={lang} />;
  const asks = open.card.choices !== undefined;
  return (
    <div class="rate one">
      <button
        type="button"
        class="btn main all"
        disabled={asks && open.choice === null}
        aria-keyshortcuts="Space"
        onClick={() => session.reveal()}
      >
        {asks ? t.predict : t.showAnswer}
        <span class="hint" aria-hidden="true">
          <kbd>{t.space}</kbd>
        </span>
      </button>
    </div>
  );
}

function Ratings({ session, open, lang }: Props): JSX.Element {
  const t = inLang(reviewWords, lang);
  const names: Readonly<Record<Rating, string>> = { 1: t.again, 2: t.hard, 3: t.good, 4: t.easy };
  const state = session.store().state();
  const outcomes = outcomesOf(state.memoryOf(open.card.id), state, readerClock());
  const isWrong = open.choice !== null && open.choice !== open.card.answerIndex;
  const likely = isWrong ? again : good;
  return (
    <fieldset class="rate">
      <legend class="vh">{t.rating}</legend>
      {ratings.map((rating) => (
        <button
          key={rating}
          type="button"
          class={rating === likely ? 'btn g' : 'btn'}
          aria-keyshortcuts={String(rating)}
          onClick={() => void session.rate(rating)}
        >
          {names[rating]}
          <span class="n">{intervalText(outcomes[rating - 1]!.intervalDays, lang)}</span>
          <span class="vh">{fill(t.key, { key: rating })}</span>
        </button>
      ))}
    </fieldset>
  );
}
