// What a lab says and asks: notes as they come true, the question before a surprise, the task at the end.

import { useState } from 'preact/hooks';
import { fill } from '../../i18n/twins.ts';
import { formatClock } from '../../view/clock.ts';
import { Icon } from './icon.tsx';
import type { Lab } from './lab.ts';
import type { Player } from './player.ts';
import { Predict } from './predict.tsx';
import { RichText } from './rich.tsx';

interface StoryProps {
  readonly lab: Lab;
  readonly player: Player;
}

export function Story({ lab, player }: StoryProps) {
  const { t, lang } = lab.words;
  const asked = lab.asked.value[0];
  if (!asked && lab.told.value.length === 0 && lab.goal.value === 'none') return null;
  return (
    <section class="box story" aria-label={t.story}>
      {asked ? (
        <div class="in asked">
          <Predict
            key={asked.id}
            scenario={lab.scenario}
            prediction={asked}
            lang={lang}
            t={t}
            next={{ word: t.goOn, act: () => goOn(lab, player, asked.id) }}
            onSkip={() => goOn(lab, player, asked.id)}
          />
        </div>
      ) : (
        <Notes lab={lab} player={player} />
      )}
      {lab.goal.value === 'none' || asked ? null : <Goal lab={lab} />}
    </section>
  );
}

/** Notes that stay in sight; the ones before are folded away. */
const IN_SIGHT = 2;

function Notes({ lab, player }: StoryProps) {
  const { t, lang } = lab.words;
  const [all, setAll] = useState(false);
  const told = lab.told.value;
  const notes = lab.scenario.lab?.narration ?? [];
  const hidden = all ? 0 : Math.max(0, told.length - IN_SIGHT);
  return (
    <>
      {told.length > IN_SIGHT ? (
        <button type="button" class="btn bare earlier" aria-expanded={all} onClick={() => setAll(!all)}>
          {t.earlierNotes} {told.length - IN_SIGHT}
        </button>
      ) : null}
      <ol class="notes" aria-live="polite">
        {told.slice(hidden).map(({ index, atMs }) => (
          <li key={index}>
            <button
              type="button"
              class="ord sm"
              aria-label={`${index}, ${formatClock(atMs)}`}
              title={formatClock(atMs)}
              onClick={() => player.seek(atMs)}
            >
              {index}
            </button>
            <p>
              <RichText text={notes[index]?.[lang] ?? ''} />
            </p>
          </li>
        ))}
      </ol>
    </>
  );
}

function goOn(lab: Lab, player: Player, id: string): void {
  const prediction = lab.asked.value.find((one) => one.id === id);
  if (!prediction) return;
  lab.release(prediction);
  if (lab.asked.value.length === 0) player.play();
}

function Goal({ lab }: { readonly lab: Lab }) {
  const { t, lang } = lab.words;
  const goal = lab.scenario.lab?.goal;
  const [hints, setHints] = useState(0);
  if (!goal) return null;
  const reached = lab.goal.value === 'reached';
  return (
    <div class={reached ? 'in goal reached' : 'in goal'}>
      <h3>
        <Icon name={reached ? 'check' : 'flag'} />
        {t.goal}
      </h3>
      <p>
        <RichText text={goal.ask[lang]} />
      </p>
      {goal.without?.length ? <p class="muted">{fill(t.without, { words: goal.without.join(', ') })}</p> : null}
      <p role="status">{reached ? <b>{t.goalReached}</b> : null}</p>
      <ol class="hints">
        {goal.hints.slice(0, hints).map((hint) => (
          <li key={hint.en}>
            <RichText text={hint[lang]} />
          </li>
        ))}
      </ol>
      {hints < goal.hints.length && !reached ? (
        <button type="button" class="btn" onClick={() => setHints(hints + 1)}>
          {t.hint} {hints + 1}/{goal.hints.length}
        </button>
      ) : null}
    </div>
  );
}
