// Nothing left today: what was done, what comes tomorrow, where to go on reading. No streaks, no praise.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { reviewWords } from '../../i18n/review.ts';
import { count, fill, inLang } from '../../i18n/twins.ts';
import { firstCardAfter, type Lang } from '../../review/card.ts';
import { tomorrowOf } from '../../review/forecast.ts';
import { kept } from '../page/kept.ts';
import { askToPersist } from '../storage/persist.ts';
import { readerClock } from '../storage/store.ts';
import type { Session } from './session.ts';

interface Props {
  readonly session: Session;
  readonly lang: Lang;
  /** When a learning card comes back, null when none does today. */
  readonly until: number | null;
}

export function DoneView({ session, lang, until }: Props): JSX.Element {
  const t = inLang(reviewWords, lang);
  const heading = useRef<HTMLHeadingElement>(null);
  const finished = session.queue.value?.finished ?? 0;
  useEffect(() => {
    if (session.reviewed.value === 0) return;
    heading.current?.focus();
    void askToPersist();
  }, [session]);
  const deck = session.deck();
  if (deck.cards.length === 0) return <p class="muted">{t.emptyDeck}</p>;
  const tomorrow = tomorrowOf(deck.cards, session.store().state(), readerClock());
  const next = session.concept === null ? undefined : firstCardAfter(deck.cards, session.concept);
  const held = session.queue.value?.held ?? 0;
  return (
    <section class="finish">
      <h2 ref={heading} tabindex={-1}>
        {until !== null
          ? fill(t.waiting, { time: timeText(until, lang) })
          : session.concept !== null
            ? t.pageDone
            : finished > 0
              ? t.done
              : t.nothingYet}
      </h2>
      {finished > 0 ? <p>{count(t.reviewed, finished)}</p> : null}
      <dl class="next">
        <dt>{t.tomorrow}</dt>
        <dd>
          {fill(t.pageStates, {
            due: count(t.due, tomorrow.due.length + tomorrow.learning.length),
            fresh: count(t.fresh, tomorrow.fresh.length),
          })}
        </dd>
      </dl>
      {held > 0 ? <p class="muted">{count(t.heldBack, held)}</p> : null}
      <p class="src">
        {next ? (
          <a class="btn main" href={`/${lang}/${next.href.replace(/#.*$/, '')}`}>
            {fill(t.nextPage, { title: next.title })}
          </a>
        ) : null}
        <a class={next ? 'btn' : 'btn main'} href={readingHref(lang)}>
          {t.keepReading}
        </a>
      </p>
    </section>
  );
}

const timeText = (t: number, lang: Lang): string =>
  new Intl.DateTimeFormat(lang, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(t);

/** Where the reader was reading, as the pages keep it; the front page when nothing is kept. */
function readingHref(lang: Lang): string {
  const last = kept<{ readonly slug?: string; readonly section?: string }>('last');
  if (typeof last?.slug !== 'string' || !/^[a-z0-9-]+$/.test(last.slug)) return `/${lang}/`;
  const section = typeof last.section === 'string' && /^[a-z0-9-]+$/.test(last.section) ? `#${last.section}` : '';
  return `/${lang}/concepts/${last.slug}/${section}`;
}
