// An operator of our own, for kind Store of group ordinal.example: it knows what a StatefulSet cannot know, that keys have to be
// moved off a member before it leaves. It runs as a program (`operator: {}`); without a running Pod of it nothing happens.
// Nothing upstream corresponds to it; its rules are OP-01 … OP-05. Member i's keys go to member i mod (members that stay).

import { isSame } from '../../base/json.ts';
import type { Actor, SyncContext } from '../actor.ts';
import { isReachable, localPods } from '../kubelet/machine.ts';
import { call } from '../network.ts';
import { deliver } from '../programs/http.ts';
import { type Process, print } from '../programs/process.ts';
import { programOf } from '../programs/program.ts';
import { ALL_KEYS, parseValues } from '../programs/store.ts';
import type { Condition, KubeObject } from '../types.ts';
import { splitKey } from './keys.ts';
import { controllerReference } from './ownership.ts';

const GROUP = 'ordinal.example/';
/** One key is moved in so long. */
const MOVE_MS = 500;
const AGAIN_MS = 1000;

const isOurs = (object: KubeObject) => object.kind === 'Store' && object.apiVersion.startsWith(GROUP);
const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;

/** The operator's process, if one runs and can be reached; `stuck`: there is one, but it can do nothing now. */
function operatorIn(ctx: SyncContext): Process | 'stuck' | null {
  let isStuck = false;
  for (const { node, local } of localPods(ctx.machines))
    for (const [container, state] of Object.entries(local.containers)) {
      if (state.state !== 'running' || local.stopping || !programOf(ctx.settings.programs, state.image).operator) continue;
      if (!state.isFrozen && isReachable(ctx.machines, node)) return { ctx, node, pod: local.pod, container, state };
      isStuck = true;
    }
  return isStuck ? 'stuck' : null;
}

/** What is to be done next about a Store. Pure: the present in, one deed out. */
export type StorePlan =
  | { readonly act: 'service' | 'create' | 'image' | 'nothing' }
  | { readonly act: 'grow'; readonly from: number; readonly to: number }
  /** Members that have to be empty before the set may shrink. */
  | { readonly act: 'shrink'; readonly from: number; readonly to: number; readonly leaving: readonly number[] };

export function planStore(store: KubeObject, set: KubeObject | undefined, hasService: boolean): StorePlan {
  if (!hasService) return { act: 'service' };
  if (!set) return { act: 'create' };
  const [from, to]: readonly [number, number] = [set.spec.replicas ?? 1, store.spec.members];
  if (from < to) return { act: 'grow', from, to };
  if (from > to) return { act: 'shrink', from, to, leaving: Array.from({ length: from - to }, (_, i) => from - 1 - i) };
  return { act: set.spec.template.spec.containers[0]?.image === store.spec.image ? 'nothing' : 'image' };
}

const metaOf = (store: KubeObject) => ({
  name: store.metadata.name,
  namespace: store.metadata.namespace as string,
  labels: { app: store.metadata.name },
  ownerReferences: [controllerReference(store)],
});

const serviceFor = (store: KubeObject) => ({
  metadata: metaOf(store),
  spec: { clusterIP: 'None', selector: { app: store.metadata.name }, ports: [{ port: 80 }] },
});

function setFor(store: KubeObject) {
  const { name } = store.metadata;
  const { members, image, storage = '1Gi' } = store.spec;
  const container = { name: 'store', image, volumeMounts: [{ name: 'data', mountPath: '/data' }] };
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } };
  return {
    metadata: metaOf(store),
    spec: {
      serviceName: name,
      replicas: members,
      selector: { matchLabels: { app: name } },
      // A member leaves empty, so its disk may go; one that came back with old keys would be worse.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' },
      template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claim }],
    },
  };
}

/** One request of the operator's to a member; a string says why there is no answer. */
function ask(self: Process, store: KubeObject, member: number, key: string, value?: string) {
  const { name, namespace = '' } = store.metadata;
  const answer = call(namespace, `${name}-${member}.${name}`, self, self.ctx);
  if (answer.kind !== 'reached') return answer.kind === 'unknown' ? 'has no name yet' : `does not answer (${answer.kind})`;
  const method = value === undefined ? 'GET' : 'PUT';
  const response = deliver(answer, { method, key, value: value ?? '', from: self.pod.metadata.name }, self.ctx);
  return response.status >= 500 ? `answers ${response.status}` : response;
}

type Moving = 'done' | { readonly moved: string } | { readonly member: string; readonly why: string };

/** OP-03: moves one key that is not where it will be looked for; `done` when there is none. */
function moveOne(self: Process, store: KubeObject, from: number, members: number): Moving {
  const { name } = store.metadata;
  const to = from % members;
  const all = ask(self, store, from, ALL_KEYS);
  if (typeof all === 'string') return { member: `${name}-${from}`, why: all };
  for (const [key, value] of parseValues(all.text)) {
    const there = ask(self, store, to, key);
    if (typeof there === 'string') return { member: `${name}-${to}`, why: there };
    if (there.status === 200 && there.text === value) continue;
    const put = ask(self, store, to, key, value);
    if (typeof put === 'string') return { member: `${name}-${to}`, why: put };
    const facts = { store: name, key, from: `${name}-${from}`, to: `${name}-${to}` };
    print(self, `${name}: moved ${key} from ${facts.from} to ${facts.to}`);
    self.ctx.as(self.pod.metadata.name).observe('OP-03', facts, store);
    return { moved: key };
  }
  return 'done';
}

interface Said {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** OP-05: what the operator has seen, written only when it is news. */
function report(self: SyncContext, store: KubeObject, set: KubeObject | undefined, said: Said | null): void {
  const ready: number = set?.status?.readyReplicas ?? 0;
  const wanted: number = store.spec.members;
  const isReady = ready === wanted && set?.spec.replicas === wanted;
  const calm: Said = {
    status: isReady ? 'True' : 'False',
    reason: isReady ? 'AllMembersReady' : 'MembersNotReady',
    message: `${ready} of ${wanted} members are ready`,
  };
  const before = (store.status?.conditions as readonly Condition[] | undefined)?.[0];
  const now = said ?? calm;
  const lastTransitionTime = before?.status === now.status ? before.lastTransitionTime : self.now;
  const status = {
    members: set?.status?.replicas ?? 0,
    observedGeneration: store.metadata.generation,
    conditions: [{ type: 'Ready', ...now, lastTransitionTime }],
  };
  if (!isSame(status, store.status))
    self.api.updateStatus('stores', { ...store, status }, 'OP-05', { store: store.metadata.name, message: now.message });
}

/** OP-03, OP-04: empties the members that leave, the last one first, and only then lets the StatefulSet shrink. */
function shrink(self: Process, store: KubeObject, plan: Extract<StorePlan, { act: 'shrink' }>, key: string): Said | null {
  const { name, namespace = '' } = store.metadata;
  for (const member of plan.leaving) {
    const notBefore = (self.ctx.memory.get(`move/${key}`) as number | undefined) ?? 0;
    const moving = self.ctx.nowMs < notBefore ? { moved: '' } : moveOne(self, store, member, plan.to);
    if (moving === 'done') continue;
    const restMs = 'moved' in moving ? MOVE_MS : AGAIN_MS;
    const nextMs = self.ctx.nowMs < notBefore ? notBefore : self.ctx.nowMs + restMs;
    if ('moved' in moving && moving.moved) self.ctx.memory.set(`move/${key}`, nextMs);
    self.ctx.after(nextMs - self.ctx.nowMs, key);
    const message =
      'moved' in moving
        ? `${name}-${member} has keys that are still to be moved`
        : `${name}-${member} cannot leave: ${moving.member} ${moving.why}`;
    return { status: 'False', reason: 'moved' in moving ? 'MovingKeys' : 'MemberUnreachable', message };
  }
  const { from, to } = plan;
  const api = self.ctx.as(self.pod.metadata.name).api;
  api.patch('statefulsets', namespace, name, { spec: { replicas: to } }, 'merge', 'OP-04', {
    facts: { store: name, from, to },
  });
  print(self, `${name}: every key has been moved, members ${from} -> ${to}`);
  self.ctx
    .as('store-operator')
    .event(store, 'Normal', 'Shrunk', `moved every key off the leaving members, members ${from} -> ${to}`);
  return null;
}

function act(self: Process, store: KubeObject, plan: StorePlan, key: string): Said | null {
  const { api } = self.ctx.as(self.pod.metadata.name);
  const { name, namespace = '' } = store.metadata;
  const facts = { store: name };
  if (plan.act === 'service') api.create('services', serviceFor(store), 'OP-01', facts);
  if (plan.act === 'create') {
    api.create('statefulsets', setFor(store), 'OP-02', { ...facts, members: store.spec.members });
    print(self, `${name}: StatefulSet with ${store.spec.members} members created`);
  }
  if (plan.act === 'image') {
    const change = { spec: { template: { spec: { containers: [{ name: 'store', image: store.spec.image }] } } } };
    api.patch('statefulsets', namespace, name, change, 'strategic', 'OP-04', { facts: { ...facts, image: store.spec.image } });
  }
  if (plan.act === 'grow') {
    const { from, to } = plan;
    api.patch('statefulsets', namespace, name, { spec: { replicas: to } }, 'merge', 'OP-04', { facts: { ...facts, from, to } });
    print(self, `${name}: members ${from} -> ${to}`);
  }
  if (plan.act === 'service' || plan.act === 'create') self.ctx.after(1, key);
  return plan.act === 'shrink' ? shrink(self, store, plan, key) : null;
}

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const store = ctx.read.get('stores', namespace, name) as KubeObject | undefined;
  if (!store || !isOurs(store) || store.metadata.deletionTimestamp) return;
  const self = operatorIn(ctx);
  if (self === 'stuck') ctx.after(AGAIN_MS, key);
  if (!self || self === 'stuck') return;
  const setNow = () => ctx.read.get('statefulsets', namespace, name) as KubeObject | undefined;
  const set = setNow();
  const plan = planStore(store, set, ctx.read.get('services', namespace, name) !== undefined);
  const said = act(self, store, plan, key);
  report(ctx.as(self.pod.metadata.name), store, setNow(), said);
}

export const storeOperator: Actor = {
  name: 'store-operator',
  latencyMs: [10, 30],
  watches: {
    stores: (object) => (isOurs(object) ? [keyOf(object)] : []),
    statefulsets: ({ metadata }) =>
      (metadata.ownerReferences ?? [])
        .filter((owner) => owner.kind === 'Store' && owner.apiVersion.startsWith(GROUP))
        .map((owner) => `${metadata.namespace}/${owner.name}`),
    // An operator that comes back looks at everything; so it does when any Pod changes, which is more often than it must.
    pods: (_pod, _before, read) => (read.list('stores') as readonly KubeObject[]).filter(isOurs).map(keyOf),
  },
  sync,
};
