// Sentences of a lab in the reader's language: what somebody did, what an object waits for, which rule was followed.

import { isSame } from '../../base/json.ts';
import { deeds, lab, waits } from '../../i18n/lab.ts';
import type { Lang } from '../../i18n/locales.ts';
import { fill, inLang } from '../../i18n/twins.ts';
import type { LogEntry } from '../../sim/types.ts';
import type { DeedKey, Message, WaitKey } from '../../view/message.ts';
import { podWordOf } from '../../view/pod.ts';
import { refTextOf } from '../../view/scene.ts';

/** Rule id → sentence in one language; `{name}` places are filled with the entry's facts. */
export type Rules = Readonly<Record<string, string>>;

export type LabWords = Readonly<Record<keyof typeof lab, string>>;

export interface Words {
  readonly lang: Lang;
  readonly t: LabWords;
  readonly deed: (label: Message<DeedKey>) => string;
  readonly wait: (wait: Message<WaitKey>) => string;
  readonly rule: (entry: LogEntry) => string;
  readonly who: (entry: LogEntry) => string;
  readonly did: (entry: LogEntry) => string;
}

export function wordsOf(lang: Lang, rules: Rules): Words {
  const t = inLang(lab, lang);
  const deedWords: Readonly<Record<DeedKey, string>> = inLang(deeds, lang);
  const waitWords: Readonly<Record<WaitKey, string>> = inLang(waits, lang);
  return {
    lang,
    t,
    deed: (label) => {
      const [one, many] = deedWords[label.key].split('|');
      return fill((Number(label.facts['count'] ?? 1) > 1 ? many : one) ?? '', {
        ...label.facts,
        text: inputTextOf(label.facts, t),
      });
    },
    wait: (wait) => fill(waitWords[wait.key], wait.facts),
    rule: (entry) => (entry.verb === 'observe' ? '' : ruleOf(entry, rules)),
    who: (entry) => (entry.verb === 'input' || entry.verb === 'fault' ? t.you : entry.actor),
    // What a program does is no write: its rule is the whole sentence.
    did: (entry) => (entry.verb === 'observe' && ruleOf(entry, rules)) || didOf(entry, t),
  };
}

/** A sentence of which a fact is missing is worse than none: places that stay empty are dropped with their sentence. */
function ruleOf(entry: LogEntry, rules: Rules): string {
  const sentence = rules[entry.why];
  // That a reader did what the reader did needs no rule.
  if (sentence === undefined || entry.why === 'input') return '';
  const facts: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(entry.facts ?? {})) {
    facts[key] = typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
  }
  return fill(sentence, facts);
}

type Facts = Readonly<Record<string, unknown>>;

/** What the reader did, short: the command, or the fault. */
export function inputTextOf(facts: Facts, t: LabWords): string {
  if (typeof facts['run'] === 'string') return facts['run'].replace(/^kubectl\s+/, '');
  if (typeof facts['command'] === 'string') return facts['command'].replace(/^kubectl\s+/, '');
  const state = (word: unknown) => (word === 'off' ? t.off : t.on);
  if (facts['power'] !== undefined) return fill(t.nodeWent, { node: String(facts['node']), power: state(facts['power']) });
  if (facts['network'] !== undefined) return fill(t.nodeNet, { node: String(facts['node']), network: state(facts['network']) });
  if (facts['clock'] !== undefined) return fill(t.nodeClock, { node: String(facts['node']), clock: String(facts['clock']) });
  const actions: Readonly<Record<string, string>> = {
    crash: t.crash,
    freeze: t.freeze,
    thaw: t.thaw,
    sick: t.sick,
    well: t.well,
  };
  const action = facts['container'] ?? facts['action'];
  if (typeof action === 'string') {
    const picks: Readonly<Record<string, string>> = { leader: t.pickLeader, frozen: t.pickFrozen, all: t.pickAll };
    const which = String(facts['pod'] ?? facts['of'] ?? '');
    return fill(t.containerDid, {
      action: actions[action] ?? action,
      which: fill(picks[String(facts['pick'])] ?? '{which}', { which }),
    });
  }
  return Object.values(facts)
    .filter((value) => typeof value === 'string')
    .join(' ');
}

function didOf(entry: LogEntry, t: LabWords): string {
  if (entry.verb === 'input' || entry.verb === 'fault') return inputTextOf(entry.facts ?? {}, t);
  const object = entry.object ? refTextOf(entry.object) : '';
  const { before, after } = entry;
  if (entry.verb === 'create') return fill(t.didCreate, { object });
  if (entry.verb === 'remove' || (before && !after)) return fill(t.didRemove, { object });
  if (entry.verb === 'delete') return fill(t.didDelete, { object });
  if (!before || !after) return object;
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined)
    return fill(t.didDelete, { object });
  if (after.kind === 'Pod') {
    if (before.spec?.nodeName === undefined && after.spec?.nodeName)
      return fill(t.didBind, { object, node: after.spec.nodeName });
    if (isSame(before.spec, after.spec)) return fill(t.didReport, { object, word: podWordOf(after) });
  }
  const number = after.status?.readyReplicas ?? (after.kind === 'Deployment' || after.kind === 'ReplicaSet' ? 0 : undefined);
  if (isSame(before.spec, after.spec) && typeof number === 'number' && !isSame(before.status, after.status)) {
    return fill(t.didReport, { object, word: fill(t.readyOf, { ready: number, wanted: after.spec?.replicas ?? 1 }) });
  }
  const [from, to] = [before.spec?.replicas, after.spec?.replicas];
  if (typeof to === 'number' && from !== to) return fill(t.didScale, { object, from: from ?? 1, to });
  return fill(t.didUpdate, { object });
}
