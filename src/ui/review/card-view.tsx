// One card: question, dashed fold, answer. A predict card is answered by choosing before it opens.

import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { kindWords, reviewWords } from '../../i18n/review.ts';
import { inLang } from '../../i18n/twins.ts';
import { conceptNumberOf, type DeckCard, type Lang } from '../../review/card.ts';
import { isChanged } from '../../review/memory.ts';
import { nodesOf } from './html.ts';
import { Icon } from './icon.tsx';
import type { OpenCard, Session } from './session.ts';

interface Props {
  readonly session: Session;
  readonly open: OpenCard;
  readonly lang: Lang;
}

const htmlLang: Readonly<Record<Lang, string>> = { en: 'en', zh: 'zh-Hans' };

export function CardView({ session, open, lang }: Props): JSX.Element {
  const t = inLang(reviewWords, lang);
  const { card, isOpen } = open;
  const cardLang = session.cardLang.value;
  const question = useRef<HTMLElement>(null);
  const answer = useRef<HTMLElement>(null);
  // The focus follows the reading: to the question of a new card, then to its answer.
  // Not on arrival: the page begins at its beginning.
  useEffect(() => {
    if (isOpen) answer.current?.focus();
    else if (session.hasActed()) question.current?.focus({ preventScroll: true });
  }, [isOpen, session]);
  return (
    <article class="face" lang={htmlLang[cardLang]}>
      <section ref={question} tabindex={-1} aria-label={t.question}>
        <h2 class="vh">{t.question}</h2>
        <Caption session={session} card={card} lang={lang} />
        <div class="q">{nodesOf(card.question)}</div>
        {card.choices === undefined ? null : <Choices session={session} open={open} lang={lang} />}
      </section>
      {isOpen ? (
        <section ref={answer} tabindex={-1} aria-label={t.answer} class="back">
          <h2 class="vh">{t.answer}</h2>
          {card.choices === undefined ? null : <Verdict open={open} lang={lang} />}
          <div class="a" lang={htmlLang[answerLang(card, cardLang)]}>
            {nodesOf(card.answer)}
          </div>
          <Sources card={card} lang={lang} cardLang={cardLang} />
        </section>
      ) : null}
    </article>
  );
}

/** A bilingual pair answers in the other language. */
const answerLang = (card: DeckCard, lang: Lang): Lang => (card.kind !== 'pair' ? lang : lang === 'en' ? 'zh' : 'en');

function Caption({
  session,
  card,
  lang,
}: {
  readonly session: Session;
  readonly card: DeckCard;
  readonly lang: Lang;
}): JSX.Element {
  const t = inLang(reviewWords, lang);
  const cardLang = session.cardLang.value;
  const memory = session.store().state().memoryOf(card.id);
  return (
    <p class="cap">
      <span class="ord sm now">{conceptNumberOf(card)}</span>
      <span>{card.title}</span>
      <span aria-hidden="true">/</span>
      <span lang={htmlLang[lang]}>{inLang(kindWords, lang)[card.kind]}</span>
      {isChanged(memory, cardLang, card.hash) ? (
        <span class="word w" lang={htmlLang[lang]}>
          {t.changed}
        </span>
      ) : null}
      <button
        type="button"
        class="btn bare lang"
        lang={cardLang === 'en' ? 'zh-Hans' : 'en'}
        aria-keyshortcuts="l"
        title={cardLang === 'en' ? t.cardsInChinese : t.cardsInEnglish}
        onClick={() => void session.switchLang()}
      >
        {cardLang === 'en' ? '中文' : 'English'}
      </button>
    </p>
  );
}

function Choices({ session, open, lang }: Props): JSX.Element {
  const t = inLang(reviewWords, lang);
  const { card, choice, isOpen } = open;
  return (
    <fieldset class="choices" disabled={isOpen}>
      <legend class="vh">{t.choose}</legend>
      {card.choices!.map((html, i) => (
        <label key={i} class={isOpen && i === card.answerIndex ? 'opt is-right' : 'opt'}>
          <input type="radio" name="choice" checked={choice === i} onChange={() => session.choose(i)} />
          <span>{nodesOf(html)}</span>
          <span class="hint" aria-hidden="true">
            <kbd>{i + 1}</kbd>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** What the reader predicted, and whether the engine's run went that way: in words, not by colour alone. */
function Verdict({ open, lang }: Pick<Props, 'open' | 'lang'>): JSX.Element | null {
  const t = inLang(reviewWords, lang);
  const { card, choice } = open;
  if (choice === null) return null;
  const isRight = choice === card.answerIndex;
  return (
    <p class="verdict">
      <span lang={htmlLang[lang]}>{t.youPredicted}</span>
      {nodesOf(card.choices![choice] ?? '')}{' '}
      <b class={isRight ? 'word r' : 'word f'} lang={htmlLang[lang]}>
        {isRight ? t.right : t.wrong}
      </b>
    </p>
  );
}

function Sources({
  card,
  lang,
  cardLang,
}: {
  readonly card: DeckCard;
  readonly lang: Lang;
  readonly cardLang: Lang;
}): JSX.Element {
  return (
    <>
      {card.scenario === undefined ? null : <Replay card={card} scenario={card.scenario} lang={lang} />}
      <p class="src">
        <a class="btn bare" href={`/${cardLang}/${card.href}`}>
          <Icon name="book" />
          {card.title}
        </a>
      </p>
    </>
  );
}

interface ReplayProps {
  readonly card: DeckCard;
  readonly scenario: string;
  readonly lang: Lang;
}

/** Opens the lab inside the card, with the run that answers what was predicted; it is loaded only then. */
function Replay({ card, scenario, lang }: ReplayProps): JSX.Element {
  const t = inLang(reviewWords, lang);
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'closed' | 'open' | 'failed'>('closed');
  const replay = async () => {
    setState('open');
    try {
      const [{ mountLab }, { loadScenario }] = await Promise.all([import('../lab/mount.ts'), import('../lab/source.ts')]);
      const predictions = (await loadScenario(scenario)).lab?.predictions ?? [];
      const asked = predictions.find(({ id }) => card.id.endsWith(`/${id}`));
      await mountLab(place.current!, { scenario, lang, compact: true, ...(asked && { watch: asked.id }) });
    } catch {
      setState('failed');
    }
  };
  return (
    <div class="replay" lang={htmlLang[lang]}>
      {state === 'open' ? null : (
        <p class="src">
          <button type="button" class="btn" onClick={() => void replay()}>
            <Icon name="play" />
            {t.replay}
          </button>
          <a class="btn bare" href={`/${lang}/labs/${scenario}/`}>
            <Icon name="zoom" />
            {t.openLab}
          </a>
        </p>
      )}
      {state === 'failed' ? <p role="alert">{t.replayFailed}</p> : null}
      <div ref={place} />
    </div>
  );
}
