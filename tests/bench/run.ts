// `npm run bench`: measures what the design promises and prints each figure beside its budget. Nothing here is a test: a slow
// machine must not make a build fail. Times are medians of several runs, in milliseconds.
import { loadBook } from '../../src/book/book.ts';
import { searchSourceOf } from '../../src/book/search-source.ts';
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

function measure(what: string, budgetMs: number | null, runs: number, run: () => void): void {
  run();
  figures.push({ what, ms: median(Array.from({ length: runs }, () => timed(run))), budgetMs });
}

/** A cluster whose Deployment `web` has all its replicas Ready. */
function readyCluster(replicas: number): Cluster {
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
  while (!ready() && cluster.nowMs < 600_000) cluster.nextEvent();
  if (!ready()) throw new Error(`${replicas} replicas are not Ready after ten virtual minutes`);
  return cluster;
}

for (const [replicas, budgetMs, runs] of [
  [3, 5, 15],
  [50, 25, 9],
  [500, 150, 5],
  [5000, null, 1],
] as const)
  measure(`${replicas} replicas Ready`, budgetMs, runs, () => void readyCluster(replicas));

const large = readyCluster(500);
measure('snapshot at 500 Pods', 1, 25, () => void large.snapshot());

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
    `${what.padEnd(40)} ${ms.toFixed(2).padStart(10)} ms   budget ${budgetMs === null ? '–' : `${budgetMs} ms`}   ${verdict}`,
  );
}
