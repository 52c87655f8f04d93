// Reads and checks a scenario file. Every complaint names the place (file and line), the fact and what to do.

import { type Document, LineCounter, parseDocument } from 'yaml';
import { isRecord } from '../base/json.ts';
import { durationMs } from '../kubectl/flags.ts';
import { offsetOf } from '../sim/faults.ts';
import { checkPredicate } from './predicate.ts';
import { type Prediction, type Scenario, ScenarioError, type Step, stepName } from './scenario.ts';

type Path = readonly (string | number)[];

interface Reading {
  readonly path: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Refuses the file: line of the nearest part that exists, fact, next step. */
function refuse(r: Reading, at: Path, fact: string, next: string): never {
  let node: unknown;
  for (let depth = at.length; depth >= 0 && !node; depth--)
    node = depth ? r.document.getIn(at.slice(0, depth), true) : r.document.contents;
  const range = isRecord(node) && Array.isArray(node.range) ? (node.range[0] as number) : 0;
  throw new ScenarioError(`${r.path}:${r.lines.linePos(range).line || 1}: ${at.join('.') || 'the file'} ${fact}. ${next}`);
}

const STEP_KEYS: Readonly<Record<string, readonly string[]>> = {
  run: ['compare'],
  watch: [],
  settle: [],
  wait: [],
  node: ['power', 'network', 'clock'],
  container: ['pod', 'of', 'pick', 'namespace'],
  dns: ['type'],
  mark: [],
};
const KEYS = ['name', 'title', 'seed', 'cluster', 'programs', 'compare', 'files', 'steps', 'lab'];
const CLUSTER_KEYS = ['nodes', 'storageClasses', 'nodeMonitorGrace', 'defaultToleration', 'startAtSecond'];
const LAB_KEYS = ['title', 'narration', 'predictions', 'goal'];

function checkKeys(r: Reading, at: Path, value: unknown, known: readonly string[]): asserts value is Record<string, unknown> {
  if (!isRecord(value)) refuse(r, at, 'is not a map', `Write it with the keys ${known.join(', ')}.`);
  for (const key of Object.keys(value))
    if (!known.includes(key)) refuse(r, [...at, key], 'is not known here', `Known are: ${known.join(', ')}.`);
}

function checkDuration(r: Reading, at: Path, value: unknown): void {
  if (typeof value !== 'string' || !(durationMs(value) >= 0))
    refuse(r, at, `is ${JSON.stringify(value)}, which is no duration`, 'Write it as 500ms, 3s or 2m.');
}

function checkSwitch(r: Reading, at: Path, value: unknown): void {
  if (value !== undefined && value !== 'on' && value !== 'off')
    refuse(r, at, `is ${JSON.stringify(value)}`, "Write 'on' or 'off', in quotes.");
}

/** Checks one step or input of a solution. */
function checkStep(r: Reading, at: Path, step: unknown): void {
  const kinds = isRecord(step) ? Object.keys(STEP_KEYS).filter((key) => key in step) : [];
  const kind = kinds[0];
  if (!isRecord(step) || !kind || kinds.length > 1)
    refuse(r, at, 'is no step', `Give it exactly one of ${Object.keys(STEP_KEYS).join(', ')}.`);
  checkKeys(r, at, step, [kind, 'id', ...(STEP_KEYS[kind] as readonly string[])]);
  if (typeof step[kind] !== 'string' || step[kind] === '') refuse(r, [...at, kind], 'is not a text', 'Write it as one.');
  if (kind === 'settle' || kind === 'wait') checkDuration(r, [...at, kind], step[kind]);
  checkSwitch(r, [...at, 'power'], step.power);
  checkSwitch(r, [...at, 'network'], step.network);
  const clock = step.clock ?? '0s';
  if (typeof clock !== 'string' || Number.isNaN(offsetOf(clock)))
    refuse(r, [...at, 'clock'], `is ${JSON.stringify(clock)}, which is no offset`, 'Write it as +20s or -1h.');
  if (kind === 'node' && [step.power, step.network, step.clock].every((word) => word === undefined))
    refuse(r, at, 'says nothing about the node', "Add power: 'off', network: 'off' or clock: +20s.");
  if (kind === 'dns' && typeof step.type !== 'string') refuse(r, at, 'has no type', 'Add type: A or type: SRV.');
  if (kind === 'container' && !['freeze', 'thaw', 'crash', 'sick', 'well'].includes(step.container as string))
    refuse(r, [...at, 'container'], `is ${JSON.stringify(step.container)}`, 'Write freeze, thaw, crash, sick or well.');
  if (kind === 'container' && typeof step.pod !== 'string' && typeof step.of !== 'string')
    refuse(r, at, 'names no Pod', 'Add pod: <name> or of: <label selector>.');
}

/** What a reader writes into a file, as one input of a solution. */
function checkEdit(r: Reading, at: Path, edit: Record<string, unknown>): void {
  checkKeys(r, at, edit, ['file', 'text']);
  for (const key of ['file', 'text'])
    if (typeof edit[key] !== 'string')
      refuse(r, [...at, key], 'is not a text', 'Write the name of the file and its whole text.');
}

function checkSteps(r: Reading, steps: unknown): void {
  if (!Array.isArray(steps)) refuse(r, ['steps'], 'is not a list', 'Write the steps as a list; an empty one is [].');
  const ids = new Set<string>();
  steps.forEach((step, i) => {
    checkStep(r, ['steps', i], step);
    const id = (step as Step).id;
    if (id === undefined) return;
    if (ids.has(id)) refuse(r, ['steps', i, 'id'], `is "${id}", which an earlier step has`, 'Give each step its own.');
    ids.add(id);
  });
}

function checkText(r: Reading, at: Path, value: unknown): void {
  for (const lang of ['en', 'zh'])
    if (!isRecord(value) || typeof value[lang] !== 'string' || !value[lang])
      refuse(r, at, `has no text in "${lang}"`, `Add ${lang}: … to it.`);
}

function checkWhen(r: Reading, at: Path, value: unknown): void {
  const wrong = checkPredicate(value);
  if (wrong) refuse(r, at, `cannot be read: ${wrong.fact}`, wrong.next);
}

function checkPrediction(r: Reading, at: Path, prediction: unknown, steps: readonly Step[]): void {
  checkKeys(r, at, prediction, ['id', 'stop', 'read', 'instead', 'ask', 'choices', 'why']);
  if (typeof prediction.id !== 'string') refuse(r, at, 'has no id', 'Add id: …; its card is called so for ever.');
  const names = steps.map(stepName);
  const find = (key: string, name: unknown) => {
    const index = names.indexOf(String(name));
    if (index < 0)
      refuse(
        r,
        [...at, key],
        `is "${name}", and no step has that id`,
        `Known are: ${steps.flatMap((step) => step.id ?? []).join(', ')}.`,
      );
    return index;
  };
  if (find('read', prediction.read) < find('stop', prediction.stop))
    refuse(r, [...at, 'read'], 'comes before stop', 'Read a later step.');
  if (prediction.instead !== undefined) {
    checkKeys(r, [...at, 'instead'], prediction.instead, names);
    for (const [id, step] of Object.entries(prediction.instead)) checkStep(r, [...at, 'instead', id], step);
  }
  checkText(r, [...at, 'ask'], prediction.ask);
  checkText(r, [...at, 'why'], prediction.why);
  const { choices } = prediction;
  if (!Array.isArray(choices) || choices.length < 2)
    refuse(r, [...at, 'choices'], 'has fewer than two entries', 'Offer at least two.');
  choices.forEach((choice, i) => {
    checkText(r, [...at, 'choices', i], choice);
    checkWhen(r, [...at, 'choices', i, 'when'], isRecord(choice) ? choice.when : undefined);
  });
}

function checkGoal(r: Reading, goal: unknown): void {
  const at = ['lab', 'goal'];
  checkKeys(r, at, goal, ['ask', 'check', 'without', 'hints', 'solutions']);
  checkText(r, [...at, 'ask'], goal.ask);
  checkWhen(r, [...at, 'check'], goal.check);
  if (!Array.isArray(goal.hints) || goal.hints.length !== 2)
    refuse(r, [...at, 'hints'], 'does not hold two entries', 'The first points at the cause, the second says what to type.');
  goal.hints.forEach((hint, i) => {
    checkText(r, [...at, 'hints', i], hint);
  });
  if (!Array.isArray(goal.solutions) || goal.solutions.length === 0)
    refuse(r, [...at, 'solutions'], 'is empty', 'Add at least one list of inputs that reaches the goal.');
  goal.solutions.forEach((solution, i) => {
    if (!Array.isArray(solution)) refuse(r, [...at, 'solutions', i], 'is not a list', 'Write it as a list of steps.');
    solution.forEach((step, j) => {
      const place = [...at, 'solutions', i, j];
      if (isRecord(step) && 'file' in step) checkEdit(r, place, step);
      else checkStep(r, place, step);
    });
  });
}

function checkLab(r: Reading, lab: unknown, steps: readonly Step[]): void {
  checkKeys(r, ['lab'], lab, LAB_KEYS);
  if (lab.title !== undefined) checkText(r, ['lab', 'title'], lab.title);
  for (const [i, note] of (Array.isArray(lab.narration) ? lab.narration : []).entries()) {
    checkText(r, ['lab', 'narration', i], note);
    checkWhen(r, ['lab', 'narration', i, 'when'], isRecord(note) ? note.when : undefined);
  }
  const predictions: unknown[] = Array.isArray(lab.predictions) ? lab.predictions : [];
  predictions.forEach((prediction, i) => {
    checkPrediction(r, ['lab', 'predictions', i], prediction, steps);
    const id = (prediction as Prediction).id;
    if (predictions.findIndex((other) => isRecord(other) && other.id === id) < i)
      refuse(r, ['lab', 'predictions', i, 'id'], `is "${id}" twice`, 'Give each its own.');
  });
  if (lab.goal !== undefined) checkGoal(r, lab.goal);
}

/** Reads a scenario file. Throws ScenarioError with file, line, fact and next step. */
export function parseScenario(text: string, path: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const r: Reading = { path, document, lines };
  const [broken] = document.errors;
  if (broken)
    throw new ScenarioError(
      `${path}:${broken.linePos?.[0].line ?? 1}: this is not YAML: ${broken.message.split('\n')[0]?.replace(/ at line.*$/, '')}. Mend that line.`,
    );
  const data: unknown = document.toJS();
  checkKeys(r, [], data, KEYS);
  if (typeof data.name !== 'string') refuse(r, [], 'has no name', 'Add name: the file name without .yaml.');
  checkKeys(r, ['cluster'], data.cluster ?? {}, CLUSTER_KEYS);
  const cluster = (data.cluster ?? {}) as Scenario['cluster'];
  if (
    cluster.nodes !== undefined &&
    !Array.isArray(cluster.nodes) &&
    !(Number.isInteger(cluster.nodes) && (cluster.nodes as number) >= 0)
  )
    refuse(r, ['cluster', 'nodes'], 'is neither a number nor a list', 'Write nodes: 3, or a list of {name: …}.');
  for (const key of ['nodeMonitorGrace', 'defaultToleration'] as const)
    if (cluster[key] !== undefined) checkDuration(r, ['cluster', key], cluster[key]);
  for (const key of ['programs', 'files'] as const)
    if (data[key] !== undefined && !isRecord(data[key])) refuse(r, [key], 'is not a map', 'Write it as name: content.');
  checkSteps(r, data.steps ?? []);
  const steps = (data.steps ?? []) as readonly Step[];
  if (data.lab !== undefined) checkLab(r, data.lab, steps);
  return {
    title: data.name,
    programs: {},
    files: {},
    ...(data as object),
    cluster: { ...cluster, nodes: cluster.nodes ?? 1 },
    steps,
  } as unknown as Scenario;
}
