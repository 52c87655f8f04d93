// `npm run bench`: measures what the design promises and prints each figure beside its budget. Nothing here is a test: a slow
// machine must not make a build fail. Times are medians of several runs, in milliseconds.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBook } from '../../src/book/book.ts';
import { searchSourceOf } from '../../src/book/search-source.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import { searchFileOf } from '../../src/search/file.ts';
import { openIndex } from '../../src/search/index.ts';
import { createSearcher } from '../../src/search/ranking.ts';
import { Cluster } from '../../src/sim/cluster.ts';
import { ACTORS } from '../../src/sim/controllers/all.ts';

interface Figure {
  readonly what: string;
  readonly ms: number;
  readonly budgetMs: number | null;
}

const figures: Figure[] = [];

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function timed(run: () => void): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** Milliseconds of processor time in this thread: what else the machine does is not counted. Too coarse for less than some milliseconds. */
function worked(run: () => void): number {
  const start = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / 1000;
}

function measure(what: string, budgetMs: number | null, runs: number, run: () => void, clock = timed): void {
  run();
  figures.push({ what, ms: median(Array.from({ length: runs }, () => clock(run))), budgetMs });
}

/** A cluster whose Deployment `web` has all its replicas Ready. `happened` hears how long each event took. */
function readyCluster(replicas: number, happened: (ms: number) => void = () => {}): Cluster {
  const nodes = Math.max(3, Math.ceil(replicas / 100));
  const cluster = Cluster.create({
    nodes: Array.from({ length: nodes }, (_, at) => ({ name: `node-${at + 1}`, cpu: '64', memory: '256Gi', pods: '250' })),
    actors: ACTORS,
  });
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  cluster.client('bench', null).create('deployments', { metadata: { name: 'web', namespace: 'default' }, spec }, 'input');
  const ready = () => cluster.read.get('deployments', 'default', 'web')?.status?.readyReplicas === replicas;
  while (!ready() && cluster.nowMs < 600_000) happened(timed(() => void cluster.nextEvent()));
  if (!ready()) throw new Error(`${replicas} replicas are not Ready after ten virtual minutes`);
  return cluster;
}

for (const [replicas, budgetMs, runs] of [
  [3, 5, 15],
  [50, 25, 9],
  [500, 150, 5],
  [5000, null, 1],
] as const)
  measure(`${replicas} replicas Ready`, budgetMs, runs, () => void readyCluster(replicas), worked);

const large = readyCluster(500);
measure('snapshot at 500 Pods', 1, 25, () => void large.snapshot());

/** The longest piece of work that cannot be cut: between two events a page can draw. */
function longestEventMs(replicas: number): number {
  let longest = 0;
  readyCluster(replicas, (ms) => {
    longest = Math.max(longest, ms);
  });
  return longest;
}

// Of what lasts longest the least of several runs is taken: the rest is the garbage of others.
const gaps = Array.from({ length: 7 }, () => longestEventMs(500));
figures.push({ what: 'longest event on the way to 500 replicas', ms: Math.min(...gaps), budgetMs: 50 });

/** Two virtual hours of 50 replicas, with a rollout in the middle. */
function longRun(): ScenarioRun {
  const run = ScenarioRun.start({
    name: 'two-hours',
    title: 'two-hours',
    cluster: { nodes: 3 },
    programs: {},
    files: {},
    steps: [
      { run: 'kubectl create deployment web --image=web:1 --replicas=50' },
      { wait: '1h' },
      { run: 'kubectl set image deployment/web web=web:2' },
      { wait: '1h' },
    ],
  });
  run.finish();
  return run;
}

const long = longRun();
const seeks = Array.from({ length: 200 }, (_, i) => {
  const there = ((i * 0.618034) % 1) * long.endMs;
  const tries = [0, long.endMs, 0].map((from) => {
    long.seek(from);
    return timed(() => long.seek(there));
  });
  return Math.min(...tries);
});
figures.push({ what: 'seek in a 2-hour scenario, longest of 200', ms: Math.max(...seeks), budgetMs: 50 });

/** The peer, @ngrok/webernetes. It is bundled first, because its modules lack file extensions. */
function measurePeer(): void {
  const folder = mkdtempSync(join(tmpdir(), 'peer-'));
  const bundle = join(folder, 'peer.mjs');
  const options = ['--bundle', '--format=esm', '--platform=node', `--outfile=${bundle}`, '--log-level=error'];
  execFileSync('node_modules/.bin/esbuild', ['tests/bench/peer.mjs', ...options]);
  const lines = execFileSync(process.execPath, [bundle], { encoding: 'utf8' }).trim().split('\n');
  rmSync(folder, { recursive: true });
  for (const line of lines) {
    const { what, ms } = JSON.parse(line) as Figure;
    const own = figures.find((figure) => `peer: ${figure.what}` === what);
    figures.push({ what: own ? `${what}, ${(ms / own.ms).toFixed(0)} × ours` : what, ms, budgetMs: null });
  }
}
measurePeer();

for (const lang of ['en', 'zh'] as const) {
  const searcher = createSearcher(openIndex(searchFileOf(searchSourceOf(loadBook()), lang).index));
  const queries =
    lang === 'en' ? ['disruption budget', 'who is the leader', 'replicasett'] : ['干扰预算', '怎么选主', 'replicasett'];
  const prefixes = queries.flatMap((query) => [...query].map((_, at) => query.slice(0, at + 1)));
  for (const prefix of prefixes) searcher.search(prefix);
  const times = prefixes.map((prefix) => timed(() => void searcher.search(prefix))).sort((a, b) => a - b);
  figures.push({ what: `keystroke to results, p95, ${lang}`, ms: times[Math.floor(times.length * 0.95)]!, budgetMs: 2 });
}

for (const { what, ms, budgetMs } of figures) {
  const verdict = budgetMs === null ? '' : ms <= budgetMs ? 'within' : 'OVER';
  console.log(
    `${what.padEnd(48)} ${ms.toFixed(2).padStart(10)} ms   budget ${budgetMs === null ? '–' : `${budgetMs} ms`}   ${verdict}`,
  );
}
