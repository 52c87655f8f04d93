// What a node answers about its containers: their output, and a few commands inside them.
// Models pkg/kubelet/kubelet_pods.go GetKubeletContainerLogs and ExecInContainer, with the kubelet's sentences (v1.36).
// Differs: a container knows the commands of commands.ts and tools.ts, and a small shell; nothing is streamed.

import { formatMicroTime } from '../../base/time.ts';
import type { PodRuntime, SyncContext } from '../actor.ts';
import { badRequest, internalError } from '../api/status.ts';
import { call } from '../network.ts';
import { deliver } from '../programs/http.ts';
import type { Pod } from '../types.ts';
import { commandOf, insideOf } from './commands.ts';
import { isReachable, type LocalContainer, linesOf, localPodOf } from './machine.ts';
import { isShell, runShell } from './shell.ts';

function containerAt(pod: Pod, name: string, ctx: SyncContext): LocalContainer | undefined {
  const node = pod.spec.nodeName ?? '';
  if (!isReachable(ctx.machines, node)) {
    const address = ctx.read.get('nodes', '', node)?.status.addresses?.[0]?.address ?? node;
    const { namespace } = pod.metadata;
    const url = `https://${address}:10250/containerLogs/${namespace}/${pod.metadata.name}/${name}`;
    throw internalError(`Get "${url}": dial tcp ${address}:10250: connect: no route to host`);
  }
  const local = localPodOf(ctx.machines, node, pod.metadata.uid);
  return local?.containers[name] ?? local?.inits?.[name];
}

function waitingFault(pod: Pod, name: string, container: LocalContainer | undefined): string | null {
  if (container && (container.state !== 'waiting' || container.last)) return null;
  const reason =
    container?.reason === 'ImagePullBackOff' ? `trying and failing to pull image` : (container?.reason ?? 'ContainerCreating');
  return `container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${reason}`;
}

const logs: PodRuntime['logs'] = (pod, name, options, ctx) => {
  const container = containerAt(pod, name, ctx);
  const fault = waitingFault(pod, name, container);
  if (fault || !container) throw badRequest(fault ?? `container "${name}" not found`);
  const run = container.restarts - (options.previous ? 1 : 0);
  if (options.previous && run < 0) {
    throw badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`);
  }
  const { epochMs } = ctx.settings;
  const sinceMs = options.sinceSeconds === undefined ? Number.NEGATIVE_INFINITY : ctx.nowMs - options.sinceSeconds * 1000;
  let lines = linesOf(ctx.machines, pod.metadata.uid, name).filter((line) => line.run === run && line.atMs >= sinceMs);
  if (options.tailLines !== undefined && options.tailLines >= 0)
    lines = lines.slice(lines.length - Math.min(lines.length, options.tailLines));
  const stamp = (atMs: number) => (options.timestamps ? `${formatMicroTime(epochMs + atMs)} ` : '');
  return lines.map((line) => `${stamp(line.atMs)}${line.text}\n`).join('');
};

const exec: PodRuntime['exec'] = (pod, name, command, ctx) => {
  const container = containerAt(pod, name, ctx);
  if (container?.state !== 'running') throw internalError(`container not found ("${name}")`);
  const [program = '', ...args] = command;
  const inside = insideOf(pod, name, container, ctx);
  if (isShell(program)) return runShell(args, inside);
  const known = commandOf(program);
  if (known) return known(args, inside, null);
  throw internalError(
    `Internal error occurred: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH`,
  );
};

const ask: PodRuntime['ask'] = (pod, port, path, ctx) => {
  const { nodeName = '' } = pod.spec;
  if (!isReachable(ctx.machines, nodeName)) return 'i/o timeout';
  const answer = call(pod.metadata.namespace ?? '', pod.status.podIP ?? '', { node: nodeName, pod }, ctx, port);
  if (answer.kind !== 'reached') return answer.kind === 'timeout' ? 'i/o timeout' : 'connect: connection refused';
  return deliver(answer, { method: 'GET', key: path, value: '', from: 'the API server' }, ctx);
};

export const runtime: PodRuntime = { logs, exec, ask };
