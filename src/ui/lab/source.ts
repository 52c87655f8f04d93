// Where a lab's data comes from: JSON files made at build time.

import type { Lang } from '../../i18n/locales.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import type { Rules } from './words.ts';

async function load<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}.`);
  return (await response.json()) as T;
}

const scenarios = new Map<string, Promise<Scenario>>();

/** A scenario by name; fetched once. */
export function loadScenario(name: string): Promise<Scenario> {
  const known = scenarios.get(name);
  if (known) return known;
  const loading = load<Scenario>(`/scenarios/${name}.json`);
  scenarios.set(name, loading);
  // A failure is not kept: the next try asks again.
  loading.catch(() => scenarios.delete(name));
  return loading;
}

/** The sentences of all rules in one language. A lab works without them, so their absence is no fault. */
export const loadRules = (lang: Lang): Promise<Rules> => load<Rules>(`/rules.${lang}.json`).catch(() => ({}));
