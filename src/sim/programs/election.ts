// Leader election by Lease, as a program does it with client-go.
// Models client-go/tools/leaderelection/leaderelection.go (Run, acquire, renew, tryAcquireOrRenew, release) (v1.36), rules LE-01 … LE-11.
// Differs: a call to the API takes no time; the identity is `<pod>_<number>` instead of `<host>_<uuid>`.

import { formatMicroTime } from '../../base/time.ts';
import { ApiError } from '../api/status.ts';
import { countUp, epochOn } from '../kubelet/machine.ts';
import type { Lease } from '../types.ts';
import { type ElectionMemory, isConnected, type Process, print } from './process.ts';
import type { Election } from './program.ts';

/** A name in the Lease that no other process has: the Pod's, and how many processes of that name came before. */
export function newIdentity({ ctx, pod }: Process): string {
  const { name, namespace } = pod.metadata;
  return `${name}_${countUp(ctx.machines, `process/${namespace}/${name}`)}`;
}

/** A process that has not looked yet. */
export function newElection(nowMs: number, id: string): ElectionMemory {
  return {
    id,
    isLeading: false,
    nextAtMs: nowMs,
    holder: '',
    renewTime: '',
    transitions: 0,
    durationMs: 0,
    resourceVersion: '',
    observedAtMs: Number.MIN_SAFE_INTEGER,
    roundAtMs: 0,
    token: 0,
    reported: '',
  };
}

function observed(memory: ElectionMemory, lease: Lease, nowMs: number): ElectionMemory {
  const { holderIdentity = '', renewTime = '', leaseTransitions = 0, leaseDurationSeconds = 0 } = lease.spec;
  const { resourceVersion } = lease.metadata;
  const isNews = holderIdentity !== memory.holder || renewTime !== memory.renewTime || leaseTransitions !== memory.transitions;
  return {
    ...memory,
    holder: holderIdentity,
    renewTime,
    transitions: leaseTransitions,
    durationMs: leaseDurationSeconds * 1000,
    resourceVersion,
    // LE-03: the local time of seeing something new; remote clocks are never read.
    observedAtMs: isNews ? nowMs : memory.observedAtMs,
  };
}

interface Attempt {
  readonly memory: ElectionMemory;
  readonly isHeld: boolean;
}

/** What the process writes as the present: the clock of its own machine. */
const clockOf = ({ ctx, node }: Process): string =>
  formatMicroTime(epochOn(ctx.machines, node, ctx.settings.epochMs) + ctx.nowMs);

function write(process: Process, election: Election, memory: ElectionMemory, base: Lease | null): Lease {
  const { ctx, pod } = process;
  const self = ctx.as(pod.metadata.name);
  const time = clockOf(process);
  const me = memory.id;
  const isMine = memory.holder === me;
  const record = {
    holderIdentity: me,
    leaseDurationSeconds: Math.ceil(election.leaseDurationMs / 1000),
    acquireTime: isMine && base?.spec.acquireTime ? base.spec.acquireTime : time,
    renewTime: time,
    // LE-05: a new holder counts one up.
    leaseTransitions: base ? memory.transitions + (isMine ? 0 : 1) : 0,
  };
  const namespace = pod.metadata.namespace ?? '';
  const why = base && isMine ? 'LE-06' : 'LE-05';
  const facts = { holder: me, transitions: record.leaseTransitions };
  if (!base) return self.api.create('leases', { metadata: { name: election.lease, namespace }, spec: record }, why, facts);
  return self.api.update(
    'leases',
    { ...base, metadata: { ...base.metadata, resourceVersion: memory.resourceVersion }, spec: record },
    why,
    facts,
  );
}

/** LE-03, LE-05, LE-07: one try to get or keep the Lease. */
export function tryAcquireOrRenew(process: Process, election: Election, before: ElectionMemory): Attempt {
  const { ctx, pod } = process;
  if (!isConnected(process)) return { memory: before, isHeld: false };
  const me = before.id;
  const namespace = pod.metadata.namespace ?? '';
  const lease = ctx.read.get('leases', namespace, election.lease);
  let memory = before;
  // LE-07: with a Lease of its own that is still valid, the leader does not even look.
  const isFast =
    memory.holder === me &&
    memory.observedAtMs + memory.durationMs > ctx.nowMs &&
    memory.resourceVersion === lease?.metadata.resourceVersion;
  if (!isFast && lease) {
    memory = observed(memory, lease, ctx.nowMs);
    const isValid = memory.observedAtMs + memory.durationMs > ctx.nowMs;
    if (memory.holder !== '' && memory.holder !== me && isValid) return { memory, isHeld: false };
  }
  try {
    const written = write(process, election, lease ? memory : { ...memory, holder: '' }, lease ?? null);
    return { memory: observed(memory, written, ctx.nowMs), isHeld: true };
  } catch (error) {
    if (error instanceof ApiError) return { memory, isHeld: false };
    throw error;
  }
}

function announce(process: Process, election: Election, id: string, what: string): void {
  const { ctx, pod } = process;
  const lease = ctx.read.get('leases', pod.metadata.namespace ?? '', election.lease);
  if (lease && isConnected(process)) ctx.as(pod.metadata.name).event(lease, 'Normal', 'LeaderElection', `${id} ${what}`);
}

function reportLeader(process: Process, memory: ElectionMemory): ElectionMemory {
  if (memory.holder === '' || memory.holder === memory.reported) return memory;
  if (memory.holder !== memory.id) print(process, `new leader elected: ${memory.holder}`);
  return { ...memory, reported: memory.holder };
}

/** LE-02: a candidate's try; the next one comes after a jittered retry period. */
function stepCandidate(process: Process, election: Election, memory: ElectionMemory): ElectionMemory {
  const { ctx } = process;
  const attempt = tryAcquireOrRenew(process, election, memory);
  const next = reportLeader(process, attempt.memory);
  if (!attempt.isHeld) return { ...next, nextAtMs: ctx.nowMs + Math.round(election.retryPeriodMs * (1 + ctx.random() * 1.2)) };
  print(process, `became leader (token ${next.transitions})`);
  announce(process, election, next.id, 'became leader');
  ctx.as(process.pod.metadata.name).observe('LE-05', { holder: next.id, transitions: next.transitions }, process.pod);
  return {
    ...next,
    isLeading: true,
    token: next.transitions,
    roundAtMs: ctx.nowMs + election.retryPeriodMs,
    nextAtMs: ctx.nowMs + election.retryPeriodMs,
  };
}

/** LE-06: the leader's renewal; null when it gives up and the process ends. */
function stepLeader(process: Process, election: Election, memory: ElectionMemory): ElectionMemory | null {
  const { ctx } = process;
  // A process that slept through the end of its round starts the round only now: its deadline is a timer of its own.
  const roundAtMs = memory.nextAtMs === memory.roundAtMs ? ctx.nowMs : memory.roundAtMs;
  const deadlineMs = roundAtMs + election.renewDeadlineMs;
  if (ctx.nowMs >= deadlineMs) {
    print(process, 'failed to renew lease');
    print(process, 'stopped leading');
    announce(process, election, memory.id, 'stopped leading');
    ctx.as(process.pod.metadata.name).observe('LE-06', { holder: memory.id }, process.pod);
    return null;
  }
  const attempt = tryAcquireOrRenew(process, election, memory);
  const next = reportLeader(process, attempt.memory);
  const againMs = ctx.nowMs + election.retryPeriodMs;
  if (attempt.isHeld) return { ...next, roundAtMs: againMs, nextAtMs: againMs };
  return { ...next, roundAtMs, nextAtMs: Math.min(againMs, deadlineMs) };
}

/** What is due of the election; null when the process must end. */
export function stepElection(process: Process, election: Election, memory: ElectionMemory): ElectionMemory | null {
  return memory.isLeading ? stepLeader(process, election, memory) : stepCandidate(process, election, memory);
}

/** LE-08: empties the Lease, so that the next candidate need not wait for it to run out. */
export function release(process: Process, election: Election, memory: ElectionMemory): void {
  const { ctx, pod } = process;
  const lease = ctx.read.get('leases', pod.metadata.namespace ?? '', election.lease);
  const me = memory.id;
  if (!memory.isLeading || !isConnected(process) || lease?.spec.holderIdentity !== me) return;
  const time = clockOf(process);
  const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time };
  try {
    ctx.as(pod.metadata.name).api.update('leases', { ...lease, spec }, 'LE-08', { holder: me });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}
