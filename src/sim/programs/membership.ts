// How a member of a replicated store comes to its list of members: it founds the store with the others, finds the list on its disk,
// or, with a new disk, takes list and values from those that have them. Peers are found by SRV records of the headless Service (DNS-07).
// Nothing upstream corresponds to it; waiting for a number of members before the first start is how Consul's bootstrap-expect does it.

import { namedBy } from './peers.ts';
import { type Process, print } from './process.ts';
import { majorityOf, poll } from './quorum.ts';
import {
  isNewer,
  keep,
  memberName,
  membersOf,
  type Replicated,
  reach,
  type Version,
  versionsOf,
  writeMembers,
} from './replica.ts';

/** Between two looks for the others. */
export const LOOK_MS = 1000;

const list = (names: readonly string[]) => names.join(', ');

/** The newest of every value among several disks. */
function newestOf(disks: readonly ReadonlyMap<string, Version>[]): ReadonlyMap<string, Version> {
  const newest = new Map<string, Version>();
  for (const disk of disks) for (const [key, version] of disk) if (isNewer(version, newest.get(key))) newest.set(key, version);
  return newest;
}

/** A new disk in an old place: first what most members have is copied, then it counts. Returns what it waits for, or null. */
function catchUp(process: Process, store: Replicated, members: readonly string[]): string | null {
  const own = memberName(process, store);
  const others = members.filter((name) => name !== own);
  const { voters } = poll(process, store, others);
  const needed = majorityOf(members.length);
  if (voters.length < needed)
    return `catching up: ${needed} other members are needed, ${voters.length} ${voters.length === 1 ? 'answers' : 'answer'}`;
  const newest = newestOf(voters.map((voter) => versionsOf(voter.process, store)));
  const fault = keep(process, store, newest) ?? writeMembers(process, store, members);
  if (fault !== null) return `cannot write ${store.dir}: ${fault}`;
  print(
    process,
    `caught up: copied ${newest.size} ${newest.size === 1 ? 'value' : 'values'} from ${list(voters.map(({ name }) => name))}`,
  );
  return null;
}

/** Nobody has a list: the first so many found the store if each of them answers. Returns what it waits for, or null. */
function found(process: Process, store: Replicated, named: readonly string[]): string | null {
  const own = memberName(process, store);
  const chosen = named.slice(0, store.members);
  const reached = chosen.map((name) => (name === own ? process : reach(process, store, name)));
  const answering = reached.filter((each): each is Process => typeof each !== 'string');
  if (answering.length < store.members)
    return `waiting for members: ${answering.length} of ${store.members} answer, ${store.peers} names ${list(named)}`;
  if (!chosen.includes(own)) return `waiting for ${list(chosen)} to found the store`;
  for (const each of answering) {
    const fault = writeMembers(each, store, chosen);
    if (fault !== null) return `cannot write ${store.dir}: ${fault}`;
  }
  return null;
}

/** One look. Returns null when this process knows the members, else what it waits for. */
export function look(process: Process, store: Replicated): string | null {
  const own = memberName(process, store);
  if (membersOf(process, store) === null) {
    const named = namedBy(process, store.peers);
    if (!named.includes(own)) return `waiting: ${store.peers} does not name ${own} yet`;
    const others = named.filter((name) => name !== own).map((name) => reach(process, store, name));
    const known = others
      .map((each) => (typeof each === 'string' ? null : membersOf(each, store)))
      .find((each) => each !== null);
    const isOld = known?.includes(own) === true;
    const waiting = known
      ? isOld
        ? catchUp(process, store, known)
        : writeMembers(process, store, known)
      : found(process, store, named);
    if (waiting !== null) return waiting;
  }
  const members = membersOf(process, store) ?? [];
  const rule = `${majorityOf(members.length)} of ${members.length} decide`;
  print(
    process,
    `members ${list(members)}: ${rule}${members.includes(own) ? '' : `; ${own} is none of them and passes requests on`}`,
  );
  return null;
}
