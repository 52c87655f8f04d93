// The four options that matter. A value out of bounds is named with its bounds and nothing is saved.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { reviewWords, settingWords } from '../../i18n/review.ts';
import { fill, inLang } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import { isWithin, type NumberOption, numberBounds, type Options } from '../../review/options.ts';
import { planSet } from '../../review/plan.ts';
import { type ReviewStore, readerClock } from '../storage/store.ts';

const names: readonly NumberOption[] = ['newPerDay', 'reviewsPerDay', 'desiredRetention', 'rolloverHour'];

/** Desired retention is shown in percent. */
const factorOf = (name: NumberOption): number => (name === 'desiredRetention' ? 100 : 1);
const shownOf = (options: Options, name: NumberOption): string => String(Math.round(options[name] * factorOf(name) * 10) / 10);

export function OptionsForm({ store, lang }: { readonly store: ReviewStore; readonly lang: Lang }): JSX.Element {
  const t = inLang(settingWords, lang);
  const [said, setSaid] = useState<{ readonly text: string; readonly bad: NumberOption | null } | null>(null);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    const read = names.map((name) => ({ name, typed: String(fields.get(name) ?? '').trim() }));
    const bad = read.find(({ name, typed }) => typed === '' || !isWithin(Number(typed) / factorOf(name), numberBounds[name]));
    if (bad !== undefined) return setSaid({ text: outOfBounds(bad.name, bad.typed, lang), bad: bad.name });
    const changed = read.filter(({ name, typed }) => typed !== shownOf(store.state().options, name));
    try {
      for (const { name, typed } of changed) {
        await store.write((_, writer) => planSet(writer, readerClock(), name, Number(typed) / factorOf(name)));
      }
      setSaid({ text: changed.length === 0 ? t.unchanged : t.saved, bad: null });
    } catch (error) {
      const why = error instanceof Error ? error.name : String(error);
      setSaid({ text: fill(inLang(reviewWords, lang).notSaved, { why }), bad: null });
    }
  };
  return (
    <form class="box options" novalidate onSubmit={(event) => void save(event)}>
      <header>
        <h2 class="cap">{t.options}</h2>
      </header>
      <div class="in">
        {names.map((name) => (
          <p key={name} class="field">
            <label for={`option-${name}`}>{t[name]}</label>
            <input
              id={`option-${name}`}
              name={name}
              type="text"
              inputmode="decimal"
              autocomplete="off"
              defaultValue={shownOf(store.state().options, name)}
              aria-describedby={`about-${name}`}
              aria-invalid={said?.bad === name}
            />
            <small id={`about-${name}`} class="muted">
              {t[`${name}About`]}
            </small>
          </p>
        ))}
        <p class="src">
          <button type="submit" class="btn main">
            {t.save}
          </button>
          <span role="status" class={said?.bad ? 'bad' : undefined}>
            {said?.text}
          </span>
        </p>
      </div>
    </form>
  );
}

function outOfBounds(name: NumberOption, found: string, lang: Lang): string {
  const t = inLang(settingWords, lang);
  const { min, max } = numberBounds[name];
  return fill(t.outOfBounds, {
    field: t[name],
    found: found === '' ? '–' : found,
    min: min * factorOf(name),
    max: max * factorOf(name),
  });
}
