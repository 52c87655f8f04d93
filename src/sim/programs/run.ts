// Lets the programs of a Pod's running containers do what is due: elections, tasks, items of a queue, requests.
// Nothing upstream corresponds to it; timers of a frozen process are served once when it thaws, in the order in which they were due.

import { formatTime } from '../../base/time.ts';
import type { SyncContext } from '../actor.ts';
import { appendFile } from '../kubelet/files.ts';
import { epochOn, type LocalContainer, type LocalPod } from '../kubelet/machine.ts';
import { call } from '../network.ts';
import { newElection, newIdentity, release, stepElection } from './election.ts';
import { deliver } from './http.ts';
import { LOOK_MS, look } from './membership.ts';
import { lookForPeers, type PeersProgram } from './peers.ts';
import { homeOf, memoryOf, newMemory, type Process, type ProcessMemory, print, remember, runOf, send } from './process.ts';
import { type Program, programOf, type Requests, type Task } from './program.ts';
import { takeItem, workOn } from './queue.ts';
import { isReplicated, type Replicated } from './replica.ts';
import { meter } from './usage.ts';

/** When a task is done next after `nowMs`. APP-01. */
export function nextTickMs(task: Task, nowMs: number, epochMs: number): number {
  if (!task.isAligned) return nowMs + task.everyMs;
  return (Math.floor((epochMs + nowMs) / task.everyMs) + 1) * task.everyMs - epochMs;
}

const epochOf = ({ ctx, node }: Process): number => epochOn(ctx.machines, node, ctx.settings.epochMs);

function begin(process: Process, program: Program, run: string): ProcessMemory {
  const { ctx } = process;
  const nowMs = process.state.startedAtMs ?? ctx.nowMs;
  if (program.election)
    print(process, `attempting to acquire leader lease ${process.pod.metadata.namespace}/${program.election.lease}...`);
  const { queue } = program;
  const item = queue ? takeItem(process, queue) : null;
  if (queue) return { ...newMemory(run), ticks: item ?? 0, taskAtMs: nowMs + (item === null ? 0 : queue.everyMs) };
  return {
    ...newMemory(run),
    taskAtMs: program.task ? nextTickMs(program.task, nowMs, epochOf(process)) : null,
    requestAtMs: program.requests ? nowMs + program.requests.everyMs : null,
    election: program.election ? newElection(nowMs, newIdentity(process)) : null,
    lookAtMs: isReplicated(program.store) ? nowMs : null,
    peersAtMs: program.peers ? nowMs : null,
  };
}

/** APP-06: the work goes into a file, with the name of who did it. */
function note(process: Process, file: string, message: string): void {
  const fault = appendFile(homeOf(process), file, `${process.pod.metadata.name} ${message}\n`);
  print(process, fault === null ? message : `${message} failed: ${file}: ${fault}`);
}

/** APP-01: one piece of work, by the leader only if there is an election. */
function doTask(process: Process, task: Task, memory: ProcessMemory, dueMs: number): ProcessMemory {
  const { ctx } = process;
  const epochMs = epochOf(process);
  const taskAtMs = nextTickMs(task, ctx.nowMs, epochMs);
  if (memory.election && !memory.election.isLeading) return { ...memory, taskAtMs };
  const ticks = memory.ticks + 1;
  const label = task.isAligned ? `${task.name} for ${formatTime(epochMs + dueMs).slice(11, 19)}` : `${task.name} ${ticks}`;
  const token = task.hasToken && memory.election ? memory.election.token : null;
  const message = token === null ? label : `${label} token ${token}`;
  const { name: pod } = process.pod.metadata;
  if (task.file === undefined) ctx.as(pod).observe('APP-01', { message }, process.pod);
  else ctx.as(pod).observe('APP-06', { message, pod, file: task.file }, process.pod);
  if (task.file !== undefined) note(process, task.file, message);
  else if (task.to === undefined) print(process, message);
  else {
    const { result, by } = send(process, task.to, message, token);
    print(
      process,
      result === 'received' ? message : result === 'refused' ? `${message} refused by ${by}` : `${message} failed: ${by}`,
    );
  }
  return { ...memory, ticks, taskAtMs };
}

/** APP-04: one request to a Service, and how it was answered. A store is told the number of the request. */
function doRequest(process: Process, requests: Requests, memory: ProcessMemory): ProcessMemory {
  const { ctx, pod } = process;
  const { to, put, get } = requests;
  const count = (memory.requests ?? 0) + 1;
  const answer = call(pod.metadata.namespace ?? '', to, process, ctx);
  const wish = { method: put === undefined ? 'GET' : 'PUT', key: put ?? get ?? '', value: String(count) };
  const response = answer.kind === 'reached' ? deliver(answer, { ...wish, from: pod.metadata.name }, ctx) : null;
  const failures = { timeout: 'timeout', refused: 'connection refused', unknown: `could not resolve host: ${to}` };
  const line = answer.kind === 'reached' ? (response?.text ?? '') : failures[answer.kind];
  if (answer.kind === 'reached') meter(answer.uid, ctx);
  const front = put === undefined ? (get === undefined ? '' : `get ${get}: `) : `put ${put}=${count}: `;
  print(process, front + line);
  if (response?.status !== 200) ctx.as(pod.metadata.name).observe('APP-04', { to, answer: line }, pod);
  return { ...memory, requests: count, requestAtMs: ctx.nowMs + requests.everyMs };
}

/** A member of a replicated store looks for the others until it knows them, and says what it waits for once. */
function doLook(process: Process, store: Replicated, memory: ProcessMemory): ProcessMemory {
  const waiting = look(process, store);
  if (waiting === null) return { ...memory, lookAtMs: null, said: '' };
  if (waiting !== memory.said) print(process, waiting);
  return { ...memory, lookAtMs: process.ctx.nowMs + LOOK_MS, said: waiting };
}

/** APP-10 */
function doPeers(process: Process, peers: PeersProgram, memory: ProcessMemory): ProcessMemory {
  const { line, isEnough } = lookForPeers(process, peers, memory.peersSeen ?? '');
  return { ...memory, peersSeen: line, hasPeers: memory.hasPeers || isEnough, peersAtMs: process.ctx.nowMs + peers.everyMs };
}

type Due = 'election' | 'task' | 'request' | 'look' | 'peers';

/** What is due first, and when; null when the program waits for nothing. */
function firstDue(memory: ProcessMemory): { readonly what: Due; readonly atMs: number } | null {
  const timers: readonly (readonly [Due, number | null])[] = [
    ['task', memory.taskAtMs],
    ['request', memory.requestAtMs],
    ['election', memory.election?.nextAtMs ?? null],
    ['look', memory.lookAtMs ?? null],
    ['peers', memory.peersAtMs ?? null],
  ];
  let first: { what: Due; atMs: number } | null = null;
  for (const [what, atMs] of timers) if (atMs !== null && (!first || atMs < first.atMs)) first = { what, atMs };
  return first;
}

/** Serves all that is due; null when the process ended itself. */
function serve(process: Process, program: Program, start: ProcessMemory): ProcessMemory | null {
  let memory = start;
  for (let due = firstDue(memory); due && due.atMs <= process.ctx.nowMs; due = firstDue(memory)) {
    if (due.what === 'task' && program.task) memory = doTask(process, program.task, memory, due.atMs);
    else if (due.what === 'task' && program.queue) {
      const worked = workOn(process, program.queue, memory);
      if (!worked) return null;
      memory = worked;
    } else if (due.what === 'request' && program.requests) memory = doRequest(process, program.requests, memory);
    else if (due.what === 'peers' && program.peers) memory = doPeers(process, program.peers, memory);
    else if (due.what === 'look' && isReplicated(program.store)) memory = doLook(process, program.store, memory);
    else if (program.election && memory.election) {
      const election = stepElection(process, program.election, memory.election);
      if (!election) return null;
      memory = { ...memory, election };
    } else break;
  }
  return memory;
}

/** A process that waits for nothing any more. */
const IDLE = { taskAtMs: null, requestAtMs: null, election: null, lookAtMs: null, peersAtMs: null };

interface Ran {
  readonly state: LocalContainer;
  readonly nextMs: number | null;
}

function runContainer(process: Process, program: Program, isStopping: boolean): Ran {
  const { ctx, pod, container, state } = process;
  const { uid } = pod.metadata;
  const run = runOf(process);
  const known = memoryOf(ctx, uid, container);
  let memory =
    known?.run === run && known.taskAtMs !== undefined && (known.election || !program.election)
      ? known
      : begin(process, program, run);
  if (isStopping) {
    if (program.election?.releases && memory.election && !memory.hasReleased)
      release(process, program.election, memory.election);
    remember(ctx, uid, container, { ...memory, hasReleased: true, ...IDLE });
    return { state, nextMs: null };
  }
  const served = serve(process, program, memory);
  if (!served) {
    remember(ctx, uid, container, { ...memory, ...IDLE, run: `${run} ended` });
    return { state: { ...state, exitAtMs: ctx.nowMs, exitWith: program.queue ? 0 : 1 }, nextMs: null };
  }
  memory = served;
  if (memory !== known) remember(ctx, uid, container, memory);
  const isJoined = state.isWaiting === true && memory.hasPeers === true;
  const joined = isJoined ? { ...state, isWaiting: false, changedAtMs: ctx.nowMs } : state;
  return { state: joined, nextMs: firstDue(memory)?.atMs ?? null };
}

/** Whether a program does anything but answer. */
const isActive = ({ task, election, requests, queue, store, peers }: Program) =>
  task || election || requests || queue || store?.peers || peers;

/** Runs what is due in a Pod. Returns the Pod, changed if a process ended itself, and when something is due again. */
export function runPrograms(
  local: LocalPod,
  node: string,
  ctx: SyncContext,
): { readonly local: LocalPod; readonly nextMs: number | null } {
  let next = local;
  let nextMs: number | null = null;
  for (const [container, state] of Object.entries(local.containers)) {
    if (state.state !== 'running' || state.isFrozen) continue;
    const program = programOf(ctx.settings.programs, state.image);
    if (!isActive(program)) continue;
    const isStopping = local.stopping !== undefined || state.killedAtMs !== undefined;
    const ran = runContainer({ ctx, node, pod: local.pod, container, state }, program, isStopping);
    if (ran.state !== state) next = { ...next, containers: { ...next.containers, [container]: ran.state } };
    if (ran.nextMs !== null && (nextMs === null || ran.nextMs < nextMs)) nextMs = ran.nextMs;
  }
  return { local: next, nextMs };
}
