// What must hold of a run: `{pod/db-0: Running 1/1, 'ready app=web': 2}`. All lines must hold; the words are those of the exemplar
// page's scenario file and of programs.md.

import { isRecord } from '../base/json.ts';
import { meets, parseLabelSelector } from '../sim/api/selectors.ts';
import type { Cluster } from '../sim/cluster.ts';
import { resolveFrom } from '../sim/dns.ts';
import { fileOf, leadersOf, linesOf, processesOf } from '../sim/observe.ts';
import type { KubeObject, Pod } from '../sim/types.ts';
import type { Predicate } from './scenario.ts';
import { isReady, shownState, TRACED } from './shown.ts';

/** A sentence about what is wrong, and what to do. */
export interface Complaint {
  readonly fact: string;
  readonly next: string;
}

const OBJECT = /^([a-z]+)\/(\S+)$/;
const COUNT = /^(?:(ready|pods) (\S+)(?: with (\S+))?|(processes|leaders) (\S+))(?: on (\S+))?$/;
const LINES = /^lines (?:pod\/(\S+)|(\S+)) '(.*)'$/;
const ANSWERS = /^answers (\S+)(?: (A|SRV|PTR))?$/;
/** Volumes, all of them or those in one phase. */
const VOLUMES = /^volumes(?: (Pending|Available|Bound|Released|Failed))?$/;
const HOLDER = /^holder lease\/(\S+)$/;
const FILE = /^file (\S+) (\/\S+)$/;
/** A field of an object, as in `field statefulsets/db spec.podManagementPolicy`. */
const FIELD = /^field ([a-z]+)\/(\S+) ([\w.]+)$/;
const NUMBER = /^(>=|<=|>|<|)\s*(\d+)$/;

const resourceOf = (word: string): string | undefined => (word === 'pv' ? 'persistentvolumes' : tracedOf(word));

const tracedOf = (word: string): string | undefined =>
  Object.keys(TRACED).find(
    (resource) => TRACED[resource] === word || resource === word || (word === 'pvc' && resource === 'persistentvolumeclaims'),
  );

function complaintOf(key: string, value: unknown): Complaint | null {
  const object = OBJECT.exec(key);
  const counted = COUNT.test(key) || LINES.test(key) || ANSWERS.test(key) || VOLUMES.test(key);
  if (!counted && !HOLDER.test(key) && !FILE.test(key) && !FIELD.test(key) && !(object && resourceOf(object[1] as string)))
    return {
      fact: `"${key}" is not known`,
      next: `Write pod/<name>, node/<name>, job/<name>, pvc/<name>, pv/<name>, "volumes Bound", "ready <label>", "pods <label> with <image> on <node>", "processes <pod or label>", "leaders <label>", "lines <label> '<text>'", "answers <DNS name> SRV", "file <pod or label> <path>", "field <resources>/<name> <path>" or holder lease/<name>.`,
    };
  if (counted && !NUMBER.test(String(value)))
    return { fact: `"${key}" is compared with ${JSON.stringify(value)}`, next: "Write a number, or '>= 2', '<= 1', '> 0'." };
  if (!counted && typeof value !== 'string')
    return {
      fact: `"${key}" is compared with ${JSON.stringify(value)}`,
      next: 'Write a state such as Running 1/1 (of a file: a text in quotes that it contains), or gone.',
    };
  return null;
}

/** What is wrong with a predicate, or null. */
export function checkPredicate(predicate: unknown): Complaint | null {
  if (!isRecord(predicate) || Object.keys(predicate).length === 0)
    return { fact: 'it is no map with at least one line', next: 'Write it as {pod/web-0: Running 1/1}.' };
  for (const [key, value] of Object.entries(predicate)) {
    const complaint = complaintOf(key, value);
    if (complaint) return complaint;
  }
  return null;
}

function isCount(found: number, wanted: string | number): boolean {
  const m = NUMBER.exec(String(wanted));
  const number = Number(m?.[2]);
  if (m?.[1] === '>=') return found >= number;
  if (m?.[1] === '<=') return found <= number;
  if (m?.[1] === '>') return found > number;
  if (m?.[1] === '<') return found < number;
  return found === number;
}

/** Pods by name (no `=` in the word) or by label. */
function podsOf(cluster: Cluster, word: string): readonly Pod[] {
  const all = cluster.read.list('pods');
  if (!word.includes('=')) return all.filter((pod) => pod.metadata.name === word);
  const selector = parseLabelSelector(word);
  return all.filter((pod) => meets(selector, pod.metadata.labels));
}

const runs = (pod: Pod, image: string): boolean => pod.spec.containers.some((container) => container.image === image);

function countOf(cluster: Cluster, counted: RegExpExecArray): number {
  const [, what, word = '', image, machines, meant = '', node] = counted;
  if (machines === 'processes') return processesOf(cluster.state, meant);
  if (machines === 'leaders') return leadersOf(cluster.state, meant);
  const all = podsOf(cluster, word).filter((pod) => !node || pod.spec.nodeName === node);
  const pods = all.filter((pod) => !image || runs(pod, image));
  return what === 'pods' ? pods.length : pods.filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length;
}

function objectState(cluster: Cluster, word: string, name: string): string {
  const resource = resourceOf(word) as string;
  const namespace = ['nodes', 'persistentvolumes'].includes(resource) ? '' : 'default';
  const object: KubeObject | undefined = cluster.read.get(resource, namespace, name);
  return object ? shownState(resource, object) : 'gone';
}

/** What each running Pod meant sees of a file must hold, of at least one of them; nothing holds of a file while none runs. */
function fileHolds(cluster: Cluster, [, pods = '', path = '']: RegExpExecArray, wanted: string): boolean {
  const names = pods.includes('=') ? podsOf(cluster, pods).map(({ metadata }) => metadata.name) : [pods];
  const texts = names.map((name) => fileOf(cluster.state, cluster.read, name, path)).filter((text) => text !== undefined);
  return texts.length > 0 && texts.every((text) => (wanted === 'gone' ? text === null : text?.includes(wanted) === true));
}

const volumesOf = (cluster: Cluster, phase: string | undefined): number =>
  cluster.read.list('persistentvolumes').filter((volume) => !phase || volume.status?.phase === phase).length;

function lineHolds(cluster: Cluster, key: string, value: string | number): boolean {
  const counted = COUNT.exec(key);
  if (counted) return isCount(countOf(cluster, counted), value);
  const lines = LINES.exec(key);
  if (lines) return isCount(linesOf(cluster.state, (lines[1] ?? lines[2]) as string, lines[3] as string), value);
  const volumes = VOLUMES.exec(key);
  if (volumes) return isCount(volumesOf(cluster, volumes[1]), value);
  const asked = ANSWERS.exec(key);
  if (asked) return isCount(resolveFrom(cluster.read, 'default', asked[1] as string, asked[2]).records.length, value);
  const holder = HOLDER.exec(key);
  if (holder) {
    const identity: string = cluster.read.get('leases', 'default', holder[1] as string)?.spec.holderIdentity ?? '';
    return (identity.replace(/_\d+$/, '') || 'gone') === value;
  }
  const field = FIELD.exec(key);
  if (field) return fieldOf(cluster, field) === value;
  const file = FILE.exec(key);
  if (file) return fileHolds(cluster, file, String(value));
  const object = OBJECT.exec(key);
  return (
    object !== null &&
    resourceOf(object[1] as string) !== undefined &&
    objectState(cluster, object[1] as string, object[2] as string) === value
  );
}

/** What stands in a field, as text; `gone` where there is no such object or field. */
function fieldOf(cluster: Cluster, [, resource = '', name = '', path = '']: RegExpExecArray): string {
  const object: unknown = cluster.read.get(resource, resource === 'nodes' ? '' : 'default', name);
  const found = path.split('.').reduce((at, key) => (isRecord(at) ? at[key] : undefined), object);
  return found === undefined ? 'gone' : String(found);
}

/** Whether every line of a predicate holds in a cluster now. */
export const holds = (predicate: Predicate, cluster: Cluster): boolean =>
  Object.entries(predicate).every(([key, value]) => lineHolds(cluster, key, value));
