// Today's session as a reader sees it.

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { reviewWords } from '../../i18n/review.ts';
import { count, fill, inLang } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import { CardView } from './card-view.tsx';
import { DoneView } from './done-view.tsx';
import { plainText } from './html.ts';
import { Icon } from './icon.tsx';
import { onKeys } from './keys.ts';
import { RateBar } from './rate-bar.tsx';
import type { Notice, Session } from './session.ts';

export function SessionView({ session, lang }: { readonly session: Session; readonly lang: Lang }): JSX.Element {
  const t = inLang(reviewWords, lang);
  const screen = session.screen.value;
  useEffect(() => onKeys(session), [session]);
  if (screen.kind === 'loading') return <p class="muted">{t.loading}</p>;
  if (screen.kind === 'failed') {
    return (
      <div role="alert" class="note warn">
        <p>{fill(t.deckFailed, { why: screen.why })}</p>
        <button type="button" class="btn" onClick={() => void session.start()}>
          {t.tryAgain}
        </button>
      </div>
    );
  }
  return (
    <>
      <StorageNotes session={session} lang={lang} />
      <PageLine session={session} lang={lang} />
      <Progress session={session} lang={lang} />
      {screen.kind === 'card' ? (
        <>
          <CardView key={`${screen.open.card.id} ${screen.open.shownAtMs}`} session={session} open={screen.open} lang={lang} />
          <RateBar session={session} open={screen.open} lang={lang} />
        </>
      ) : (
        <DoneView session={session} lang={lang} until={screen.kind === 'wait' ? screen.until : null} />
      )}
      <Actions session={session} lang={lang} />
      <NoticeLine session={session} lang={lang} />
    </>
  );
}

/** Says whose cards these are, when they are one page's, and leads back to all of today. */
function PageLine({ session, lang }: { readonly session: Session; readonly lang: Lang }): JSX.Element | null {
  const t = inLang(reviewWords, lang);
  const card = session.deck().cards.find(({ href }) => href.startsWith(`concepts/${session.concept}/`));
  if (session.concept === null || card === undefined) return null;
  return (
    <p class="ofpage">
      <span>
        {t.ofPage} <a href={`/${lang}/concepts/${session.concept}/`}>{card.title}</a>
      </span>
      <a href={`/${lang}/review/`}>{t.allOfToday}</a>
    </p>
  );
}

/** What the reader must know about the storage: nothing kept, or a part that cannot be read. */
function StorageNotes({ session, lang }: { readonly session: Session; readonly lang: Lang }): JSX.Element | null {
  const t = inLang(reviewWords, lang);
  const store = session.store();
  const settings = (
    <a class="btn" href={`/${lang}/review/settings/`}>
      {t.settings}
    </a>
  );
  if (!store.log.isKept) {
    return (
      <div class="note warn">
        <p>{t.notKept}</p>
        {settings}
      </div>
    );
  }
  if (store.damaged() === 0) return null;
  return (
    <div class="note warn">
      <p>{count(t.damagedParts, store.damaged())}</p>
      {settings}
    </div>
  );
}

function Progress({ session, lang }: { readonly session: Session; readonly lang: Lang }): JSX.Element | null {
  const t = inLang(reviewWords, lang);
  const queue = session.queue.value;
  if (queue === null || session.screen.value.kind !== 'card') return null;
  const due = queue.due.length + queue.learning.length;
  const all = queue.finished + due + queue.fresh.length;
  return (
    <div class="prog">
      <span class="n">
        {queue.finished} / {all}
      </span>
      <progress value={queue.finished} max={all} aria-label={t.progress} />
      <span>{fill(t.left, { due: count(t.due, due), fresh: count(t.fresh, queue.fresh.length) })}</span>
    </div>
  );
}

function Actions({ session, lang }: { readonly session: Session; readonly lang: Lang }): JSX.Element {
  const t = inLang(reviewWords, lang);
  const screen = session.screen.value;
  const card = screen.kind === 'card' ? screen.open.card : null;
  const isFlagged = card !== null && session.store().state().memoryOf(card.id).flagged;
  return (
    <div class="acts">
      <button
        type="button"
        class="btn bare"
        disabled={session.undoable.value === 0}
        aria-keyshortcuts="u"
        onClick={() => void session.undo()}
      >
        <Icon name="undo" />
        {t.undo}
      </button>
      {card === null ? null : (
        <>
          <button type="button" class="btn bare" aria-keyshortcuts="b" onClick={() => void session.mark('bury')}>
            <Icon name="bury" />
            {t.bury}
          </button>
          <button type="button" class="btn bare" aria-keyshortcuts="s" onClick={() => void session.mark('suspend')}>
            <Icon name="suspend" />
            {t.suspend}
          </button>
          <button
            type="button"
            class="btn bare"
            aria-keyshortcuts="f"
            aria-pressed={isFlagged}
            onClick={() => void session.mark('flag')}
          >
            <Icon name="flag" />
            {t.flag}
          </button>
        </>
      )}
    </div>
  );
}

/** One line under the card, said aloud by screen readers. It is always in the page, so that a change is heard. */
function NoticeLine({ session, lang }: { readonly session: Session; readonly lang: Lang }): JSX.Element {
  const notice = session.notice.value;
  const region = useRef<HTMLDivElement>(null);
  return (
    <div ref={region} class="outcome" role="status">
      {notice === null ? null : <NoticeText session={session} notice={notice} lang={lang} />}
    </div>
  );
}

function NoticeText({
  session,
  notice,
  lang,
}: {
  readonly session: Session;
  readonly notice: Notice;
  readonly lang: Lang;
}): JSX.Element {
  const t = inLang(reviewWords, lang);
  if (notice.kind === 'not-saved') return <p class="warn">{fill(t.notSaved, { why: notice.why })}</p>;
  if (notice.kind !== 'leech') return <p>{{ undone: t.undone, buried: t.buried, suspended: t.suspendedNow }[notice.kind]}</p>;
  const { card, lapses } = notice;
  return (
    <div class="note">
      <p>{count(t.leech, lapses)}</p>
      <p class="muted">{plainText(card.question)}</p>
      <p class="src">
        <a class="btn" href={`/${lang}/${card.href}`}>
          <Icon name="book" />
          {card.title}
        </a>
        <button type="button" class="btn" onClick={() => void session.mark('suspend', card)}>
          <Icon name="suspend" />
          {t.suspend}
        </button>
      </p>
    </div>
  );
}
