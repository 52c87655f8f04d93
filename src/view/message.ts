// What a picture says without words: a key and its facts. The interface has the sentence for each key, in each language.

/** Facts of a message; a sentence names them as `{name}`. */
export type Facts = Readonly<Record<string, string | number>>;

export interface Message<Key extends string = string> {
  readonly key: Key;
  readonly facts: Facts;
}

/** What somebody did, as a label at a diamond. */
export type DeedKey =
  | 'create'
  | 'delete'
  | 'scale'
  | 'change'
  | 'bind'
  | 'taint'
  | 'untaint'
  | 'cordon'
  | 'uncordon'
  | 'input'
  | 'look'
  | 'fault';

/** What an object waits for. */
export type WaitKey =
  | 'nothing'
  | 'gone'
  | 'schedule'
  | 'unschedulable'
  | 'start'
  | 'image'
  | 'backoff'
  | 'ready'
  | 'stop'
  | 'stop-unreachable'
  | 'finalizer'
  | 'pods'
  | 'successes'
  | 'suspended'
  | 'pods-ready'
  | 'pods-gone'
  | 'rollout'
  | 'rollout-old'
  | 'paused'
  | 'heartbeat'
  | 'power'
  | 'addresses'
  | 'budget'
  | 'lease-free'
  | 'lease-held';

export function messageOf<Key extends string>(key: Key, facts: Facts = {}): Message<Key> {
  return { key, facts };
}
