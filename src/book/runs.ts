// What the engine says about the scenarios of the book: the right choice of a prediction, what a run prints, whether a manifest is taken,
// whether a goal can be reached. Each is a function of the scenario's text and the engine's source, so it is computed once for both and
// kept under node_modules/.cache: the next check runs only what was changed.
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Card } from '../review/card.ts';
import { type ConsoleEntry, runConsole } from '../scenario/console.ts';
import { checkGoal } from '../scenario/goal.ts';
import { parseScenario } from '../scenario/parse.ts';
import { answerOf } from '../scenario/predict.ts';
import { type Scenario, ScenarioError, type Step } from '../scenario/scenario.ts';
import type { Book } from './book.ts';
import { cardsOf, type Engine } from './cards.ts';

/** A result, or what the engine had against the scenario. */
type Kept<T> = { readonly value: T } | { readonly error: string };

export interface Runs extends Engine {
  /** Reads and checks the file, runs nothing. @throws ScenarioError */
  parsed(scenario: string): void;
  /** What each `run` step prints, in order. @throws ScenarioError when the scenario cannot be read or stands still. */
  consoleOf(scenario: string): readonly ConsoleEntry[];
  /** What `kubectl apply -f <file>` prints in the scenario's cluster before any step. @throws ScenarioError */
  applied(scenario: string, file: string): ConsoleEntry;
  /** Why the goal is none: it holds from the start, or a solution does not reach it. Undefined when all is well. */
  goalProblem(scenario: string): string | undefined;
}

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Changes with any file that can change what a run does. */
function engineHash(): string {
  const root = join(import.meta.dirname, '..');
  const files = globSync('{base,sim,kubectl,scenario}/**/*.{ts,json}', { cwd: root }).sort();
  return sha(files.map((file) => readFileSync(join(root, file), 'utf8')).join('\0'));
}

interface Cache {
  readonly engine: string;
  readonly results: Map<string, Kept<unknown>>;
  isChanged: boolean;
}

const cacheFile = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'ordinal', 'runs.json');

function readCache(): Cache {
  const engine = engineHash();
  try {
    const kept = JSON.parse(readFileSync(cacheFile, 'utf8')) as { engine: string; results: Record<string, Kept<unknown>> };
    if (kept.engine === engine) return { engine, results: new Map(Object.entries(kept.results)), isChanged: false };
  } catch {
    // No cache yet, or half a file: everything is run again.
  }
  return { engine, results: new Map(), isChanged: false };
}

let cache: Cache | undefined;

function openCache(): Cache {
  if (cache) return cache;
  const opened = readCache();
  process.on('exit', () => {
    if (!opened.isChanged) return;
    const text = JSON.stringify({ engine: opened.engine, results: Object.fromEntries(opened.results) });
    mkdirSync(dirname(cacheFile), { recursive: true });
    writeFileSync(`${cacheFile}.${process.pid}`, text);
    renameSync(`${cacheFile}.${process.pid}`, cacheFile);
  });
  cache = opened;
  return opened;
}

/** The result that is kept for this text and question, or `make()`, kept from now on. An error of the scenario is a result too. */
function remember<T>(textHash: string, question: string, make: () => T): T {
  const { results } = openCache();
  const key = `${textHash} ${question}`;
  const kept = results.get(key) as Kept<T> | undefined;
  if (kept) {
    if ('error' in kept) throw new ScenarioError(kept.error);
    return kept.value;
  }
  openCache().isChanged = true;
  try {
    const value = make();
    results.set(key, { value });
    return value;
  } catch (error) {
    if (error instanceof ScenarioError) results.set(key, { error: error.message });
    throw error;
  }
}

const known = new WeakMap<Book, Runs>();

/** The engine's words on one state of the book. */
export function runsOf(book: Book): Runs {
  const found = known.get(book);
  if (found) return found;
  const texts = new Map<string, { readonly text: string; readonly hash: string; parsed?: Scenario }>();
  const fileOf = (name: string): string => `content/scenarios/${name}.yaml`;
  const textOf = (name: string) => {
    if (!texts.has(name)) {
      const text = readFileSync(join(book.root, fileOf(name)), 'utf8');
      texts.set(name, { text, hash: sha(text) });
    }
    return texts.get(name)!;
  };
  const scenarioOf = (name: string): Scenario => {
    const entry = textOf(name);
    entry.parsed ??= parseScenario(entry.text, fileOf(name));
    return entry.parsed;
  };
  const ask = <T>(name: string, question: string, make: (scenario: Scenario) => T): T =>
    remember(textOf(name).hash, question, () => make(scenarioOf(name)));
  const runs: Runs = {
    parsed: (name) => {
      ask(name, 'parse', () => true);
    },
    answerOf: (name, id) => ask(name, `answer ${id}`, (scenario) => answerOf(scenario, id).choice),
    consoleOf: (name) => ask(name, 'console', runConsole),
    applied: (name, file) =>
      ask(name, `apply ${file}`, (scenario) => {
        // A kind of one's own has to be known first.
        const defines = Object.keys(scenario.files).filter(
          (other) => other !== file && scenario.files[other]!.includes('kind: CustomResourceDefinition'),
        );
        const before: Step[] = defines.flatMap((other) => [{ run: `kubectl apply -f ${other}` }, { wait: '1s' }]);
        return runConsole({ ...scenario, steps: [...before, { run: `kubectl apply -f ${file}` }] }).at(-1)!;
      }),
    refusalOf: (name, file) => runs.applied(name, file).err.trimEnd(),
    goalProblem: (name) => {
      try {
        return ask(name, 'goal', (scenario) => checkGoal(scenario)) ?? undefined;
      } catch (error) {
        if (error instanceof ScenarioError) return error.message;
        throw error;
      }
    },
  };
  known.set(book, runs);
  return runs;
}

/** The deck of the book, its predictions and refusals answered by the engine. */
export const deckOf = (book: Book): Card[] => cardsOf(book, runsOf(book));
