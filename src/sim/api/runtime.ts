// Requests that the API server passes on to a Pod's node: log and exec.
// Models pkg/registry/core/pod/strategy.go (LogLocation, streamLocation) with its sentences.

import type { ExecResult, LogOptions, PodRuntime, SyncContext } from '../actor.ts';
import type { Pod } from '../types.ts';
import type { Desk, Draft } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { badRequest } from './status.ts';
import { stored } from './write.ts';

function containerOf(pod: Pod, asked: string | undefined): string {
  const { containers, initContainers = [] } = pod.spec;
  const names = containers.map((container) => container.name);
  const all = [...initContainers.map((container) => container.name), ...names];
  const { name } = pod.metadata;
  if (asked) {
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  if (all.length === 1) return all[0] as string;
  const inits = initContainers.length ? ` or one of the init containers: [${initContainers.map((c) => c.name).join(' ')}]` : '';
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${inits}`);
}

function placedPod(desk: Desk, info: ResourceInfo, namespace: string, name: string): Pod {
  const pod = stored(desk, info, namespace, name) as Pod;
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`);
  return pod;
}

/** GET pods/log: text. */
export function logsOfPod(
  desk: Desk,
  runtime: PodRuntime | undefined,
  ctx: SyncContext,
  info: ResourceInfo,
  namespace: string,
  name: string,
  query: Readonly<Record<string, string>>,
): string {
  const pod = stored(desk, info, namespace, name) as Pod;
  const container = containerOf(pod, query['container']);
  if (!pod.spec.nodeName) return '';
  const options: LogOptions = {
    previous: query['previous'] === 'true',
    timestamps: query['timestamps'] === 'true',
    ...(query['tailLines'] ? { tailLines: Number(query['tailLines']) } : {}),
    ...(query['sinceSeconds'] ? { sinceSeconds: Number(query['sinceSeconds']) } : {}),
  };
  return runtime ? runtime.logs(pod, container, options, ctx) : '';
}

/** POST pods/exec: body {container, command}. */
export function execInPod(
  desk: Desk,
  runtime: PodRuntime | undefined,
  ctx: SyncContext,
  info: ResourceInfo,
  namespace: string,
  name: string,
  body: Draft,
): ExecResult {
  const pod = placedPod(desk, info, namespace, name);
  const container = containerOf(pod, body?.container);
  const command = body?.command;
  if (!Array.isArray(command) || command.length === 0)
    throw badRequest('you must specify at least one command for the container');
  if (!runtime) throw badRequest('this cluster has no container runtime');
  return runtime.exec(pod, container, command.map(String), ctx);
}
