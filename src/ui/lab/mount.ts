// What pages call: puts a running lab or a prediction into an element. Loaded only when a reader starts one.

import { h, render } from 'preact';
import type { Lang } from '../../i18n/locales.ts';
import { fill } from '../../i18n/twins.ts';
import { predictionOf, watchable } from '../../scenario/predict.ts';
import style from '../../styles/lab.css?url';
import { loadStyle } from '../page/style.ts';
import { App, Failed } from './app.tsx';
import { keepState, recall } from './keep.ts';
import { Lab } from './lab.ts';
import { Player } from './player.ts';
import { Predict, watchHref } from './predict.tsx';
import { loadRules, loadScenario } from './source.ts';
import { wordsOf } from './words.ts';

export interface LabMount {
  readonly scenario: string;
  readonly lang: Lang;
  readonly compact: boolean;
  /** Shows the run that answers this prediction, from just before the step at which it was asked. */
  readonly watch?: string;
}

/** Replaces what stands in the element by the running lab. Rejects never: what went wrong stands in its place. */
export async function mountLab(element: HTMLElement, { scenario: name, lang, compact, watch }: LabMount): Promise<void> {
  const words = wordsOf(lang, {});
  try {
    const [scenario, rules] = await Promise.all([loadScenario(name), loadRules(lang), loadStyle(style, '--lab-style')]);
    const lab = new Lab({
      scenario: watch === undefined ? scenario : watchable(scenario, watch),
      words: wordsOf(lang, rules),
      compact,
      watched: watch === undefined ? undefined : predictionOf(scenario, watch),
    });
    const player = new Player(lab);
    recall(lab);
    empty(element);
    element.classList.remove('waiting');
    const share = keepState(lab);
    render(h(App, { lab, player, onShare: share }), element);
    pauseUnseen(element, player);
  } catch (error) {
    empty(element);
    render(h(Failed, { text: fill(words.t.failed, { fact: messageOf(error) }) }), element);
  }
}

export interface PredictMount {
  readonly scenario: string;
  readonly id: string;
  readonly lang: Lang;
  /** The choice the reader has made already, from 0. */
  readonly choice?: number;
}

/** Replaces what stands in the element by the question; a form gives way to a plain box, because forms do not nest. */
export async function mountPredict(element: HTMLElement, { scenario: name, id, lang, choice }: PredictMount): Promise<void> {
  const { t } = wordsOf(lang, {});
  const box = element instanceof HTMLFormElement ? boxFor(element) : element;
  try {
    const [scenario] = await Promise.all([loadScenario(name), loadStyle(style, '--lab-style')]);
    const prediction = scenario.lab?.predictions?.find((one) => one.id === id);
    if (!prediction) throw new Error(`the scenario ${name} has no prediction ${id}.`);
    const tell = (chosen: number, answer: number) =>
      box.dispatchEvent(
        new CustomEvent('ordinal:predicted', { bubbles: true, detail: { scenario: name, id, choice: chosen, answer } }),
      );
    empty(box);
    const href = watchHref(lang, name, id);
    render(
      h(
        'div',
        { class: 'in' },
        h(Predict, { scenario, prediction, lang, t, choice, onAnswer: tell, next: { word: t.runIt, href } }),
      ),
      box,
    );
    if (element !== box) element.replaceWith(box);
    if (choice !== undefined) box.querySelector<HTMLElement>('[role=status]')?.scrollIntoView({ block: 'nearest' });
  } catch (error) {
    empty(box);
    render(h(Failed, { text: fill(t.failed, { fact: messageOf(error) }) }), box);
    if (element !== box) element.replaceWith(box);
  }
}

function boxFor(form: HTMLFormElement): HTMLElement {
  const box = document.createElement('section');
  box.className = form.className;
  box.id = form.id;
  return box;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Preact keeps what it did not make; a lab starts in an empty place. */
const empty = (element: HTMLElement) => element.replaceChildren();

/** Nobody watches a lab that is out of sight: it waits. */
function pauseUnseen(element: HTMLElement, player: Player): void {
  document.addEventListener('visibilitychange', () => document.hidden && player.pause());
  new IntersectionObserver((seen) => seen.every((one) => !one.isIntersecting) && player.pause()).observe(element);
}
