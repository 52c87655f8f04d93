// Compares a transcript of ours with a recording of a real cluster. The recordings' own comparison is the judge; this is the same
// comparison for the tests of this project, which must not need anything outside it.

import { isRecord } from '../../src/base/json.ts';
import { cellsOf, type Mask, maskFor } from '../../src/scenario/mask.ts';
import type { Transcript, TranscriptEvent } from '../../src/scenario/transcript.ts';

interface Options {
  readonly ordered?: readonly string[];
  readonly bounds?: readonly string[];
  readonly timesWithin?: string;
  readonly events?: readonly string[];
  readonly eventsExcept?: readonly string[];
  readonly skipLives?: readonly string[];
  readonly nodes?: boolean;
}

interface Side {
  readonly transcript: Transcript;
  readonly mask: Mask;
}

interface StepView {
  readonly run?: string;
  readonly watch?: string;
  readonly dns?: string;
  readonly type?: string;
  readonly mark?: string;
  readonly compare?: string;
  readonly atMs?: number;
  readonly exit?: number;
  readonly out?: string;
  readonly err?: string;
  readonly answers?: { readonly status: string; readonly answers: readonly string[] };
}

const TIME_COLUMNS = new Set(['AGE', 'DURATION', 'LAST SCHEDULE', 'LAST SEEN', 'FIRST SEEN']);
const AGE = /^(\d+(\.\d+)?(ms|[smhdy]))+( ago)?$|^<unknown>$/;
/** Events that come or do not come by chance of order. */
const VOLATILE = new Set(
  'Scheduled FailedScheduling NoPods ClusterIPNotAllocated Provisioning ExternalProvisioning FailedToUpdateEndpointSlices FailedToUpdateEndpoint FailedToCreateEndpoint'.split(
    ' ',
  ),
);
const KINDS = ['pod', 'persistentvolumeclaim', 'job', 'node'];

const stepsOf = ({ transcript }: Side): readonly StepView[] => transcript.steps as readonly StepView[];
const immutable = (text: string) =>
  text.replace(/Invalid value: \{.{160,}\}: field is immutable/g, 'Invalid value: {…}: field is immutable');

function asSet(text: string, mask: Mask): readonly string[] {
  return [
    ...new Set(
      mask(text)
        .split('\n')
        .map((line) => line.trim().replace(/ +/g, ' ')),
    ),
  ]
    .filter(Boolean)
    .sort();
}

function description(text: string, mask: Mask, options: Options): readonly string[] {
  const lines = mask(text)
    .replace(/\b(?:\d+(?:ms|[smhd]))+\b/g, '~')
    .replace(/\(x\d+ over ~\)/g, '')
    .replace(options.nodes ? /$^/ : /\bnode-\d+\b/g, '<node>')
    .split('\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').trim())
    .filter(
      (line) =>
        line && !/^-+( -+)*$/.test(line) && !/^Warning (FailedScheduling|ClusterIPNotAllocated)|^Normal Scheduled/.test(line),
    );
  const at = lines.indexOf('Events:');
  if (at >= 0 && at === lines.length - 2) lines.splice(at, 2, 'Events: <none>');
  return at < 0 ? lines : [...lines.slice(0, at + 1), ...lines.slice(at + 1).sort()];
}

/** Whether each column of a table is as wide as its widest cell and three spaces more. */
export function layoutFault(block: readonly string[], cells: readonly (readonly string[])[]): string | null {
  const [header = []] = cells;
  const head = block[0] as string;
  let from = 0;
  for (let column = 0; column < header.length - 1; column++) {
    const start = head.indexOf(header[column] as string, from);
    const next = head.indexOf(header[column + 1] as string, start + (header[column] as string).length);
    const widest = Math.max(...cells.map((row) => (row[column] as string).length));
    if (next - start !== widest + 3)
      return `column ${header[column]} is ${next - start} wide, its longest cell needs ${widest} + 3`;
    from = start + (header[column] as string).length;
  }
  return null;
}

function tables(
  text: string,
  mask: Mask,
  options: Options,
): { readonly lines: readonly string[]; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const lines: string[] = [];
  for (const block of text
    .replace(/\n$/, '')
    .split(/\n\n/)
    .map((part) => part.split('\n'))) {
    const cells = block.length > 1 ? cellsOf(block) : null;
    if (!cells) {
      const plain = block.map((line) => immutable(mask(line)).trimEnd());
      lines.push(...(plain.some((line) => /<(id|hash)>/.test(line)) ? plain.sort() : plain), '');
      continue;
    }
    const fault = layoutFault(block, cells);
    if (fault) faults.push(fault);
    const [header = [], ...rest] = cells;
    const shown = (cell: string, column: string) =>
      TIME_COLUMNS.has(column) && AGE.test(cell) ? '~' : column === 'NODE' && !options.nodes ? '<node>' : mask(cell);
    const rows = rest.map((row) => row.map((cell, i) => shown(cell, header[i] as string)).join(' | '));
    if (rows.some((row) => /<(id|hash|uid)>/.test(row))) rows.sort();
    lines.push(header.join(' | '), ...rows, '');
  }
  while (lines.at(-1) === '') lines.pop();
  return { lines, faults };
}

/** The life of each object of a kind: its states in order. */
function livesOf({ transcript, mask }: Side, kind: string, skip: readonly string[]) {
  const lives = new Map<string, { readonly name: string; readonly states: string[]; readonly times: number[] }>();
  for (const { object, uid, state, atMs } of transcript.trace) {
    if (!object.startsWith(`${kind}/`) || skip.includes(object.slice(kind.length + 1))) continue;
    const life = lives.get(`${object} ${uid}`) ?? { name: mask(object), states: [], times: [] };
    life.states.push(state);
    life.times.push(atMs);
    lives.set(`${object} ${uid}`, life);
  }
  return [...lives.values()]
    .map(({ name, states, times }) => ({ line: `${name}: ${states.join(' → ')}`, times }))
    .sort((a, b) => (a.line < b.line ? -1 : a.line > b.line ? 1 : (a.times[0] as number) - (b.times[0] as number)));
}

const isLive = (state: string) => !/terminating|Succeeded|Failed/.test(state);

/** After each mark: most Pods of an app that were active, and fewest that were ready, at one moment. */
function boundsOf(side: Side, app: string): readonly string[] {
  const marks = stepsOf(side).flatMap((step) =>
    step.mark === undefined ? [] : [{ mark: step.mark, atMs: step.atMs as number }],
  );
  const now = new Map<string, string>();
  const measured: { mark: string; most: number; fewest: number }[] = [];
  const measure = () => {
    const live = [...now.values()].filter(isLive);
    return { active: live.length, ready: live.filter((state) => /^Running (\d+)\/\1$/.test(state)).length };
  };
  const open = (mark: string) => {
    const { active, ready } = measure();
    measured.push({ mark, most: active, fewest: ready });
  };
  for (const { atMs, object, uid, state, app: label } of side.transcript.trace) {
    while (marks[0] && atMs >= marks[0].atMs) open((marks.shift() as { mark: string }).mark);
    if (!object.startsWith('pod/') || label !== app) continue;
    if (state === 'gone') now.delete(uid);
    else now.set(uid, state);
    const current = measured.at(-1);
    if (!current) continue;
    const { active, ready } = measure();
    current.most = Math.max(current.most, active);
    current.fewest = Math.min(current.fewest, ready);
  }
  for (const { mark } of marks) open(mark);
  return measured.map(({ mark, most, fewest }) => `${app} after "${mark}": at most ${most} active, at least ${fewest} ready`);
}

function eventsOf({ transcript, mask }: Side, { events, eventsExcept = [] }: Options): readonly string[] {
  const counts = ({ reason }: TranscriptEvent) =>
    events ? events.includes(reason) : !VOLATILE.has(reason) && !eventsExcept.includes(reason);
  const lines = transcript.events
    .filter(counts)
    .map((event) => `${event.type} ${event.reason} ${mask(event.object)}: ${mask(event.message)} (${event.source})`);
  return [...new Set(lines)].sort();
}

function listDifference(expected: readonly string[], actual: readonly string[]): readonly string[] {
  const left = [...actual];
  const missing = expected.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const only = [...missing.map((line) => `    - ${line}`), ...left.map((line) => `    + ${line}`)];
  return only.length ? only : ['    the order differs:', ...actual.map((line) => `      ${line}`)];
}

class Findings {
  readonly lines: string[] = [];
  same(what: string, expected: readonly string[], actual: readonly string[]): void {
    if (expected.join('\n') !== actual.join('\n')) this.lines.push(`  ${what}`, ...listDifference(expected, actual));
  }
}

const watchRows = (text: string, mask: Mask) =>
  mask(text)
    .split('\n')
    .map((line) =>
      line
        .trim()
        .replace(/ +/g, ' ')
        .replace(/ (?:\d+[smhd])+$/, ' ~'),
    )
    .filter(Boolean);

function compareCommand(
  found: Findings,
  what: string,
  e: StepView,
  a: StepView,
  expected: Side,
  actual: Side,
  options: Options,
): void {
  for (const stream of ['out', 'err'] as const) {
    const [x, y] = [e[stream] ?? '', a[stream] ?? ''];
    if (e.compare === 'set') found.same(`${what} [${stream}]`, asSet(x, expected.mask), asSet(y, actual.mask));
    else if (/kubectl describe/.test(e.run ?? ''))
      found.same(`${what} [${stream}]`, description(x, expected.mask, options), description(y, actual.mask, options));
    else {
      const [left, right] = [tables(x, expected.mask, options), tables(y, actual.mask, options)];
      found.same(`${what} [${stream}]`, left.lines, right.lines);
      if (right.faults.length && left.faults.length === 0) found.lines.push(`  ${what} [${stream}] layout`, ...right.faults);
    }
  }
  found.same(`${what} [exit]`, [String(e.exit)], [String(a.exit)]);
}

function compareSteps(found: Findings, expected: Side, actual: Side, options: Options): void {
  const [wanted, got] = [stepsOf(expected), stepsOf(actual)];
  if (wanted.length !== got.length) found.lines.push(`  ${wanted.length} steps expected, ${got.length} found`);
  wanted.forEach((e, i) => {
    const a = got[i] ?? {};
    const what = `step ${i + 1}: ${e.run ?? e.watch ?? (e.dns ? `dns ${e.type} ${e.dns}` : '')}`;
    if (e.run) compareCommand(found, what, e, a, expected, actual, options);
    else if (e.watch) found.same(what, watchRows(e.out ?? '', expected.mask), watchRows(a.out ?? '', actual.mask));
    else if (e.dns)
      found.same(
        what,
        [e.answers?.status ?? '', ...(e.answers?.answers ?? [])],
        [a.answers?.status ?? '', ...(a.answers?.answers ?? [])],
      );
  });
}

function compareLives(found: Findings, expected: Side, actual: Side, options: Options): void {
  const near = options.timesWithin ? Number.parseFloat(options.timesWithin) * 1000 : null;
  for (const kind of KINDS) {
    const [x, y] = [livesOf(expected, kind, options.skipLives ?? []), livesOf(actual, kind, options.skipLives ?? [])];
    found.same(
      `lives of ${kind}s`,
      x.map((life) => life.line),
      y.map((life) => life.line),
    );
    if (near !== null && x.length === y.length)
      x.forEach((life, i) => {
        life.times.forEach((time, j) => {
          const other = y[i]?.times[j] ?? Number.NaN;
          if (!(Math.abs(time - other) <= near))
            found.lines.push(
              `  time of ${life.line}`,
              `    state ${j + 1} at ${time} ms, here at ${other} ms (may differ by ${near} ms)`,
            );
        });
      });
    if (!options.ordered?.includes(kind)) continue;
    const order = ({ transcript, mask }: Side) =>
      transcript.trace
        .filter((entry) => entry.object.startsWith(`${kind}/`))
        .map((entry) => `${mask(entry.object)} ${entry.state}`);
    found.same(`order of ${kind} states`, order(expected), order(actual));
  }
}

/** Every difference between a recording and a transcript of ours, in lines; empty when there is none. */
export function compareTranscripts(expected: Transcript, actual: Transcript): readonly string[] {
  const options: Options = isRecord(expected.compare) ? expected.compare : {};
  const found = new Findings();
  const [left, right] = [expected, actual].map((transcript) => ({ transcript, mask: maskFor(transcript) })) as [Side, Side];
  compareSteps(found, left, right, options);
  compareLives(found, left, right, options);
  for (const app of options.bounds ?? []) found.same(`bounds of ${app}`, boundsOf(left, app), boundsOf(right, app));
  found.same('events', eventsOf(left, options), eventsOf(right, options));
  return found.lines;
}
