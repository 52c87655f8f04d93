// What the chosen thing is, what it waits for, and the chain of causes that made it so. Every line is a log entry.

import { fill } from '../../i18n/twins.ts';
import { toYaml, withoutManagers } from '../../kubectl/emit.ts';
import type { KubeObject, LogEntry } from '../../sim/types.ts';
import { chainOf, isNotable } from '../../view/cause.ts';
import { formatMoment, formatSpan } from '../../view/clock.ts';
import { diffOf } from '../../view/diff.ts';
import { podPictureOf } from '../../view/pod.ts';
import { shortRefOf } from '../../view/scene.ts';
import { isStuck, waitsOf } from '../../view/waits.ts';
import { PodMark } from './cluster.tsx';
import { Icon } from './icon.tsx';
import type { Lab } from './lab.ts';
import { Scroll } from './scroll.tsx';

export function Inspector({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const seen = lab.object();
  const tab = lab.tab.value;
  const tabs = [
    ['why', t.why],
    ['yaml', t.yaml],
    ['events', t.events],
  ] as const;
  return (
    <section class="box inspector" aria-label={t.inspector} data-inspector>
      <header>
        {seen ? <Head object={seen.object} gone={seen.gone} /> : <h2 class="cap">{t.inspector}</h2>}
        {seen && lab.chosen.value === null ? <span class="muted">{t.justNow}</span> : null}
        <span class="end">
          {tabs.map(([key, word]) => (
            <button
              type="button"
              class="btn bare"
              key={key}
              aria-pressed={tab === key}
              aria-keyshortcuts={key === 'why' ? 'w' : undefined}
              onClick={() => (lab.tab.value = key)}
            >
              {word}
            </button>
          ))}
          {lab.chosen.value === null ? null : (
            <button type="button" class="btn bare sq" aria-label={t.close} title={t.close} onClick={() => lab.choose(null)}>
              <Icon name="close" />
            </button>
          )}
        </span>
      </header>
      <Scroll class="in" label={tabs.find(([key]) => key === tab)?.[1] ?? ''}>
        {tab === 'why' ? (
          <Why lab={lab} seen={seen} />
        ) : seen === null ? (
          <p>{t.nothingYet}</p>
        ) : tab === 'yaml' ? (
          <Yaml object={seen.object} />
        ) : (
          <Events lab={lab} object={seen.object} />
        )}
      </Scroll>
    </section>
  );
}

interface Seen {
  readonly object: KubeObject;
  readonly gone: boolean;
}

function Head({ object, gone }: Seen) {
  const ref = shortRefOf(object.kind, object.metadata.name);
  if (object.kind !== 'Pod') {
    return (
      <h2 class="cap">
        <code>{ref}</code>
      </h2>
    );
  }
  const pod = podPictureOf(object);
  return (
    <>
      {gone ? null : <PodMark state={pod.state} round={pod.round} label={pod.ordinal === null ? '' : String(pod.ordinal)} />}
      <h2 class="cap">
        <code>{ref}</code> {gone ? null : <span class={`word ${pod.state}`}>{pod.word}</span>}
      </h2>
    </>
  );
}

function Why({ lab, seen }: { readonly lab: Lab; readonly seen: Seen | null }) {
  const { t } = lab.words;
  const focus = lab.focus();
  if (!focus) return <p>{t.nothingYet}</p>;
  const chain = chainOf(lab.known.value, focus.id);
  const links = chain.filter((entry, i) => i === 0 || i === chain.length - 1 || isNotable(entry));
  return (
    <>
      {seen ? <Waiting lab={lab} seen={seen} /> : null}
      <ol class="why">
        {links.map((entry) => (
          <Link key={entry.id} lab={lab} entry={entry} />
        ))}
      </ol>
    </>
  );
}

function Waiting({ lab, seen }: { readonly lab: Lab; readonly seen: Seen }) {
  const { t } = lab.words;
  if (seen.gone) return <p class="waits">{t.isGone}</p>;
  const waits = waitsOf(lab.scene.value, seen.object);
  const { wait, timers } = waits;
  return (
    <div class="waits">
      <p>
        <b>{t.waitsFor}</b> {lab.words.wait(wait)} {isStuck(waits) ? t.noTimer : null}
      </p>
      {timers.length > 0 ? (
        <ul class="timers" aria-label={t.timers}>
          {timers.slice(0, 4).map((timer) => (
            <li key={`${timer.actor} ${timer.key}`}>
              {fill(t.timerIn, { actor: timer.actor, span: formatSpan(timer.atMs - lab.nowMs) })}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

function Link({ lab, entry }: { readonly lab: Lab; readonly entry: LogEntry }) {
  const rule = lab.words.rule(entry);
  return (
    <li>
      <time>{formatMoment(Math.max(0, entry.atMs))}</time>
      <div>
        <p>
          <b>{lab.words.who(entry)}</b> {lab.words.did(entry)}
        </p>
        {rule ? (
          <p class="rule">
            {rule} <code>{entry.why}</code>
          </p>
        ) : null}
        <Wrote lab={lab} entry={entry} />
      </div>
    </li>
  );
}

const SHOWN = 8;

function Wrote({ lab, entry }: { readonly lab: Lab; readonly entry: LogEntry }) {
  const { t } = lab.words;
  if (!entry.before || !entry.after) return null;
  const changes = diffOf(entry.before, entry.after);
  if (changes.length === 0) return null;
  return (
    <details>
      <summary>{t.changed}</summary>
      <ul class="diff">
        {changes.slice(0, SHOWN).map((change) => (
          <li key={change.path}>
            <code>{change.path}</code>
            {change.before === undefined ? null : <del>{short(change.before)}</del>}
            {change.after === undefined ? <ins>{t.toNothing}</ins> : <ins>{short(change.after)}</ins>}
          </li>
        ))}
        {changes.length > SHOWN ? <li class="muted">{fill(t.moreChanges, { n: changes.length - SHOWN })}</li> : null}
      </ul>
    </details>
  );
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function Yaml({ object }: { readonly object: KubeObject }) {
  return <pre class="yaml">{toYaml(withoutManagers(object))}</pre>;
}

function Events({ lab, object }: { readonly lab: Lab; readonly object: KubeObject }) {
  const { t } = lab.words;
  const events = lab.scene.value.list('events').filter((event) => event['involvedObject']?.uid === object.metadata.uid);
  if (events.length === 0) return <p>{t.noEvents}</p>;
  return (
    <ul class="evs">
      {events.map((event) => (
        <li key={event.metadata.uid}>
          <span class={`word ${event['type'] === 'Warning' ? 'failed' : ''}`}>
            {event['reason']}
            {event['count'] > 1 ? ` ×${event['count']}` : ''}
          </span>
          <span>{event['message']}</span>
          <span class="muted">{event['source']?.component}</span>
        </li>
      ))}
    </ul>
  );
}
