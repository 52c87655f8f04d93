// What only the simulator can know: which processes really run, who believes to lead, what was printed, what files hold.

import type { Reader } from './actor.ts';
import { meets, parseLabelSelector } from './api/selectors.ts';
import { readFile } from './kubelet/files.ts';
import {
  type LocalContainer,
  type LocalPod,
  localPods,
  type MachineReader,
  machineOf,
  linesOf as printed,
} from './kubelet/machine.ts';
import { memoryOf, runOf } from './programs/process.ts';
import type { ClusterState } from './state.ts';

export interface RunningPod {
  readonly node: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the containers that run. */
  readonly containers: readonly string[];
  readonly frozen: readonly string[];
  /** Whether a program in it believes that it leads. */
  readonly leads: boolean;
  /** Whether the node can be reached. */
  readonly isReachable: boolean;
}

function runningPod(node: string, local: LocalPod, machines: MachineReader): RunningPod {
  const { name, namespace = '', uid, labels = {} } = local.pod.metadata;
  const running = Object.entries(local.containers).filter(([, container]) => container.state === 'running');
  const machine = machineOf(machines, node);
  return {
    node,
    namespace,
    name,
    uid,
    labels,
    containers: machine.power ? running.map(([container]) => container) : [],
    frozen: running.filter(([, container]) => container.isFrozen).map(([container]) => container),
    leads: machine.power && running.some(([container]) => memoryOf({ machines }, uid, container)?.election?.isLeading === true),
    isReachable: machine.power && machine.network,
  };
}

/** Every Pod that a machine holds, dead or alive in the API. */
export function podsOnMachines(machines: MachineReader): readonly RunningPod[] {
  return localPods(machines).map(({ node, local }) => runningPod(node, local, machines));
}

/** Whether a Pod is meant by a word: its name, or a label selector such as `app=web`. */
function isMeant(word: string, name: string, labels: Readonly<Record<string, string>>): boolean {
  return /[=!(]/.test(word) ? meets(parseLabelSelector(word), labels) : name === word;
}

type Machines = Pick<ClusterState, 'machines'>;

/** How many containers really run for the Pods that a word means. */
export function processesOf({ machines }: Machines, word: string): number {
  const meant = podsOnMachines(machines).filter((pod) => isMeant(word, pod.name, pod.labels));
  return meant.reduce((count, pod) => count + pod.containers.length, 0);
}

/** How many of the Pods that a word means hold a program that believes to lead. */
export function leadersOf({ machines }: Machines, word: string): number {
  return podsOnMachines(machines).filter((pod) => pod.leads && isMeant(word, pod.name, pod.labels)).length;
}

/** How many lines that contain a text were printed by the Pods that a word means; what a removed Pod printed is lost. */
export function linesOf({ machines }: Machines, word: string, text: string): number {
  const meant = localPods(machines).filter(({ local }) =>
    isMeant(word, local.pod.metadata.name, local.pod.metadata.labels ?? {}),
  );
  const uids = meant.flatMap(({ local }) =>
    Object.keys(local.containers).map((container) => [local.pod.metadata.uid, container] as const),
  );
  return uids.reduce(
    (count, [uid, container]) => count + printed(machines, uid, container).filter((line) => line.text.includes(text)).length,
    0,
  );
}

/** APP-06: the text of a file as the running container of a Pod sees it; null without such a file, undefined when nothing runs. */
export function fileOf(state: ClusterState, read: Reader, pod: string, path: string): string | null | undefined {
  const found = localPods(state.machines).filter(({ node, local }) => {
    const { name, namespace } = local.pod.metadata;
    return name === pod && namespace === 'default' && machineOf(state.machines, node).power;
  });
  for (const { node, local } of found) {
    const [container] = Object.entries(local.containers).find(([, each]) => each.state === 'running') ?? [];
    if (container === undefined) continue;
    const run = runOf({ ctx: state, node, state: local.containers[container] as LocalContainer });
    return readFile({ read, machines: state.machines, node, pod: local.pod, container, run }, path) ?? null;
  }
  return undefined;
}
