// A prediction: the reader answers first, then a fork of the engine does. Nothing is remembered here.

import { useId, useState } from 'preact/hooks';
import type { Lang } from '../../i18n/locales.ts';
import { fill } from '../../i18n/twins.ts';
import { answerOf } from '../../scenario/predict.ts';
import type { Prediction, Scenario } from '../../scenario/scenario.ts';
import { Icon } from './icon.tsx';
import { RichText } from './rich.tsx';
import type { LabWords } from './words.ts';

export interface PredictProps {
  readonly scenario: Scenario;
  readonly prediction: Prediction;
  readonly lang: Lang;
  readonly t: LabWords;
  /** The choice made before this was opened. */
  readonly choice?: number | undefined;
  /** Called once with what the reader chose and what the engine answered. */
  readonly onAnswer?: (choice: number, answer: number) => void;
  /** Offered after the answer. */
  readonly next: { readonly word: string; readonly href?: string; readonly act?: () => void };
  /** Lets the reader run on without a guess. */
  readonly onSkip?: () => void;
}

/** Where the run that answers a prediction can be watched. */
export const watchHref = (lang: Lang, scenario: string, id: string): string =>
  `/${lang}/labs/${scenario}/?watch=${encodeURIComponent(id)}`;

type Answer = { readonly right: number } | { readonly fault: string };

function ask(scenario: Scenario, id: string): Answer {
  try {
    return { right: answerOf(scenario, id).choice };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

export function Predict({ scenario, prediction, lang, t, choice, onAnswer, next, onSkip }: PredictProps) {
  const [chosen, setChosen] = useState<number | null>(choice ?? null);
  const [answer, setAnswer] = useState<Answer | null>(() => (choice === undefined ? null : ask(scenario, prediction.id)));
  const [missing, setMissing] = useState(false);
  const name = useId();
  const again = () => {
    setAnswer(null);
    setChosen(null);
  };
  const choose = (i: number) => {
    setChosen(i);
    setMissing(false);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (chosen === null) {
      setMissing(true);
      return;
    }
    const found = ask(scenario, prediction.id);
    setAnswer(found);
    if ('right' in found) onAnswer?.(chosen, found.right);
  };
  return (
    <form class="predict-form" onSubmit={submit}>
      <fieldset>
        <legend>
          <span class="cap">{t.predict}</span> <RichText text={prediction.ask[lang]} />
        </legend>
        {prediction.choices.map((one, i) => (
          <Choice
            key={one.en}
            text={one[lang]}
            name={name}
            chosen={chosen === i}
            verdict={verdictOf(answer, i, chosen)}
            t={t}
            onChoose={() => choose(i)}
          />
        ))}
      </fieldset>
      <div role="status">
        {answer === null ? null : 'fault' in answer ? (
          <p>{fill(t.predictFailed, { fact: answer.fault })}</p>
        ) : (
          <p>
            <b>{chosen === answer.right ? t.right : t.wrong}</b> <RichText text={prediction.why[lang]} />
          </p>
        )}
        {missing ? <p class="muted">{t.chooseFirst}</p> : null}
      </div>
      <div class="acts">
        {answer === null ? (
          <>
            <button type="submit" class="btn main">
              <Icon name="play" />
              {t.predictAndRun}
            </button>
            {onSkip ? (
              <button type="button" class="btn bare" onClick={onSkip}>
                {t.skip}
              </button>
            ) : null}
          </>
        ) : (
          <>
            <Next {...next} />
            {next.act ? null : (
              <button type="button" class="btn bare" onClick={again}>
                {t.again}
              </button>
            )}
            {next.act && prediction.instead ? (
              <a class="btn bare" href={watchHref(lang, scenario.name, prediction.id)} target="_blank" rel="noopener">
                {t.watchIt}
              </a>
            ) : null}
          </>
        )}
      </div>
    </form>
  );
}

function Next({ word, href, act }: PredictProps['next']) {
  const inside = (
    <>
      <Icon name="play" />
      {word}
    </>
  );
  if (href !== undefined) {
    return (
      <a class="btn main" href={href}>
        {inside}
      </a>
    );
  }
  return (
    <button type="button" class="btn main" onClick={act}>
      {inside}
    </button>
  );
}

type Verdict = 'open' | 'right' | 'guess' | 'other';

function verdictOf(answer: Answer | null, i: number, chosen: number | null): Verdict {
  if (answer === null || 'fault' in answer) return 'open';
  if (answer.right === i) return 'right';
  return chosen === i ? 'guess' : 'other';
}

interface ChoiceProps {
  readonly text: string;
  readonly name: string;
  readonly chosen: boolean;
  readonly verdict: Verdict;
  readonly t: LabWords;
  readonly onChoose: () => void;
}

function Choice({ text, name, chosen, verdict, t, onChoose }: ChoiceProps) {
  return (
    <label class={`opt ${verdict}`}>
      <input type="radio" name={name} checked={chosen} disabled={verdict !== 'open'} onChange={onChoose} />
      <span>
        <RichText text={text} />
      </span>
      {verdict === 'right' ? (
        <span class="verdict">
          <Icon name="check" />
          {t.engineSays}
        </span>
      ) : verdict === 'guess' ? (
        <span class="verdict">{t.yourGuess}</span>
      ) : null}
    </label>
  );
}
