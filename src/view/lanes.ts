// Which lanes are shown, in which order, and how many Pods share one lane.

import type { BarLook, Lane, TimelineFold } from './timeline.ts';

/** More Pods than this of one owner share one lane that counts them by state. */
const POD_LANES = 12;

/** How many Pods are in each state from a moment on. */
export interface CrowdStep {
  readonly atMs: number;
  readonly counts: Readonly<Partial<Record<BarLook, number>>>;
  readonly total: number;
}

export interface ShownLane {
  readonly lane: Lane;
  /** 0 for roots, 1 for what they own, and so on. */
  readonly depth: number;
  /** Set for many Pods on one lane. */
  readonly crowd: readonly CrowdStep[] | null;
  /** Pods on this lane. */
  readonly pods: number;
}

const ORDER = ['you', 'node', 'actor'] as const;

/** Lanes from top to bottom: you, machines, controllers, workloads with what they own, Services, Leases. */
export function lanesOf(fold: TimelineFold): readonly ShownLane[] {
  const all = [...fold.lanes.values()];
  const shown: ShownLane[] = [];
  const plain = (lane: Lane, depth = 0): ShownLane => ({ lane, depth, crowd: null, pods: 0 });
  for (const kind of ORDER) shown.push(...all.filter((lane) => lane.kind === kind).map((lane) => plain(lane)));
  const owned = new Map<string, Lane[]>();
  for (const lane of all) {
    if (lane.kind !== 'workload' && lane.kind !== 'pod') continue;
    const owner = lane.owner !== null && fold.lanes.has(`object ${lane.owner}`) ? lane.owner : '';
    const family = owned.get(owner);
    if (family) family.push(lane);
    else owned.set(owner, [lane]);
  }
  addFamily(shown, owned, '', 0);
  for (const kind of ['service', 'lease']) shown.push(...all.filter((lane) => lane.kind === kind).map((lane) => plain(lane)));
  return shown;
}

function addFamily(shown: ShownLane[], owned: ReadonlyMap<string, readonly Lane[]>, owner: string, depth: number): void {
  const family = owned.get(owner) ?? [];
  const pods = family.filter((lane) => lane.kind === 'pod').sort(byOrdinal);
  if (pods.length > POD_LANES) shown.push(crowdOf(pods, depth));
  else shown.push(...pods.map((lane) => ({ lane, depth, crowd: null, pods: 1 })));
  for (const lane of family) {
    if (lane.kind !== 'workload') continue;
    shown.push({ lane, depth, crowd: null, pods: 0 });
    // Owner graphs have no circles, but a broken one must not hang the page.
    if (lane.uid !== null && depth < 4) addFamily(shown, owned, lane.uid, depth + 1);
  }
}

const byOrdinal = (a: Lane, b: Lane) => (a.ordinal ?? 0) - (b.ordinal ?? 0) || a.bornMs - b.bornMs;

function crowdOf(pods: readonly Lane[], depth: number): ShownLane {
  const first = pods[0] as Lane;
  const turns: { atMs: number; look: BarLook; by: 1 | -1 }[] = [];
  for (const pod of pods) {
    for (const bar of pod.bars) {
      turns.push({ atMs: bar.fromMs, look: bar.look, by: 1 });
      if (bar.toMs !== null) turns.push({ atMs: bar.toMs, look: bar.look, by: -1 });
    }
  }
  turns.sort((a, b) => a.atMs - b.atMs);
  const steps: CrowdStep[] = [];
  const counts: Partial<Record<BarLook, number>> = {};
  let total = 0;
  for (let i = 0; i < turns.length; i++) {
    const { atMs, look, by } = turns[i] as (typeof turns)[number];
    counts[look] = (counts[look] ?? 0) + by;
    total += by;
    if (turns[i + 1]?.atMs !== atMs) steps.push({ atMs, counts: { ...counts }, total });
  }
  const lane: Lane = {
    ...first,
    key: `crowd ${first.owner}`,
    kind: 'crowd',
    uid: first.owner,
    ordinal: null,
    bars: [],
    ticks: [],
    deeds: [],
    goneMs: null,
  };
  return { lane, depth, crowd: steps, pods: pods.length };
}
