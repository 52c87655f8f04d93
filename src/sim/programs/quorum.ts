// A replicated store: a value counts as stored when most members have it, and is read from most members.
// Models the atomic register of Attiya, Bar-Noy and Dolev (Sharing memory robustly in message-passing systems, JACM 42, 1995) for
// several writers (Lynch and Shvartsman, FTCS 1997), rules APP-08, APP-09. Two majorities share a member, so a read meets the last write.
// Differs: asking the members takes no time; the members are those that found the store together and do not change; a member with a
// new disk copies what most members have before it counts again.

import type { Process } from './process.ts';
import { print } from './process.ts';
import { isNewer, keep, memberName, membersOf, type Replicated, reach, type Version, versionsOf } from './replica.ts';
import type { HttpRequest, HttpResponse } from './store.ts';

/** How many of so many are most. */
export const majorityOf = (count: number): number => Math.floor(count / 2) + 1;

/** A member that answered. */
export interface Voter {
  readonly name: string;
  readonly process: Process;
}

export interface Poll {
  readonly voters: readonly Voter[];
  /** `db-1: timeout` */
  readonly silent: readonly string[];
}

/** Asks members, oneself without the network. Who has no list of members yet has no vote. */
export function poll(process: Process, store: Replicated, members: readonly string[]): Poll {
  const own = memberName(process, store);
  const voters: Voter[] = [];
  const silent: string[] = [];
  for (const name of members) {
    const reached = name === own ? process : reach(process, store, name);
    if (typeof reached === 'string') silent.push(`${name}: ${reached}`);
    else if (membersOf(reached, store) === null) silent.push(`${name}: has an empty disk`);
    else voters.push({ name, process: reached });
  }
  return { voters, silent };
}

const namesOf = (voters: readonly Voter[]) => voters.map(({ name }) => name).join(', ');
const about = (silent: readonly string[]) => (silent.length > 0 ? ` (${silent.join('; ')})` : '');

/** Gives a version to the voters that have an older one; who has it then. */
function spread(
  voters: readonly Voter[],
  store: Replicated,
  key: string,
  version: Version,
  own: string,
): { readonly have: readonly Voter[]; readonly failed: readonly string[] } {
  const have: Voter[] = [];
  const failed: string[] = [];
  for (const voter of voters) {
    const isNews = isNewer(version, versionsOf(voter.process, store).get(key));
    const fault = keep(voter.process, store, new Map([[key, version]]));
    if (fault === null) have.push(voter);
    else failed.push(`${voter.name}: ${fault}`);
    if (fault === null && isNews && voter.name !== own)
      print(voter.process, `keeps ${key}=${version.value} #${version.number} from ${own}`);
  }
  return { have, failed };
}

interface Round {
  readonly process: Process;
  readonly store: Replicated;
  readonly request: HttpRequest;
  readonly members: readonly string[];
  readonly own: string;
  readonly polled: Poll;
}

/** APP-09: too few answer, or could keep it. */
function refusal({ process, request, members }: Round, count: number, why: readonly string[]): HttpResponse {
  const { method, key, value, from } = request;
  const wish = method === 'GET' ? `to read ${key}` : `${key}=${value}`;
  print(process, `refused ${wish} for ${from}: ${count} of ${members.length} members answer${about(why)}`);
  const { name } = process.pod.metadata;
  const facts = { pod: name, key, from, count, members: members.length, needed: majorityOf(members.length) };
  process.ctx.as(name).observe('APP-09', facts, process.pod);
  return { status: 503, text: `503 no majority: ${count} of ${members.length} members answer` };
}

/** The newest version of a key among those who answered. */
function newest({ polled: { voters }, store, request: { key } }: Round): Version | undefined {
  let best: Version | undefined;
  for (const { process } of voters) {
    const version = versionsOf(process, store).get(key);
    if (version && isNewer(version, best)) best = version;
  }
  return best;
}

/** APP-08: a number higher than most members know, kept by oneself first and by most members before it is confirmed. */
function put(round: Round): HttpResponse {
  const { process, store, request, members, own, polled } = round;
  const { key, value, from } = request;
  const version = { value, number: (newest(round)?.number ?? 0) + 1, writer: own };
  const fault = keep(process, store, new Map([[key, version]]));
  if (fault !== null) return { status: 507, text: `507 ${own} could not store it: ${fault}` };
  const { have, failed } = spread(polled.voters, store, key, version, own);
  if (have.length < majorityOf(members.length)) return refusal(round, have.length, [...polled.silent, ...failed]);
  const names = namesOf(have);
  print(process, `stored ${key}=${value} #${version.number} on ${names} for ${from}${about([...polled.silent, ...failed])}`);
  const facts = { pod: process.pod.metadata.name, key, value, from, number: version.number, names, members: members.length };
  process.ctx.as(process.pod.metadata.name).observe('APP-08', facts, process.pod);
  return { status: 200, text: `stored by ${names}` };
}

/** The newest of what most members have, given to those of them that lag before it is told. */
function get(round: Round): HttpResponse {
  const { process, store, request, members, own, polled } = round;
  const { key } = request;
  const best = newest(round);
  if (!best) return { status: 404, text: `404 no ${key} at ${namesOf(polled.voters)}` };
  const behind = polled.voters.filter((voter) => isNewer(best, versionsOf(voter.process, store).get(key)));
  const { have, failed } = spread(polled.voters, store, key, best, own);
  if (have.length < majorityOf(members.length)) return refusal(round, have.length, [...polled.silent, ...failed]);
  if (behind.length > 0)
    print(process, `${key}=${best.value} #${best.number} was missing on ${namesOf(behind)} and was copied there`);
  return { status: 200, text: best.value };
}

/** Answers for the whole store. Who is no member passes the request on to one that answers. */
export function serveReplicated(process: Process, store: Replicated, request: HttpRequest): HttpResponse {
  const own = memberName(process, store);
  const members = membersOf(process, store);
  if (!members) return { status: 503, text: `503 ${own} has no list of members yet` };
  const polled = poll(process, store, members);
  if (!members.includes(own)) {
    const [member] = polled.voters;
    if (!member) return { status: 503, text: `503 no majority: 0 of ${members.length} members answer` };
    print(process, `${request.method} ${request.key} passed on to ${member.name}`);
    return serveReplicated(member.process, store, request);
  }
  const round: Round = { process, store, request, members, own, polled };
  if (polled.voters.length < majorityOf(members.length)) return refusal(round, polled.voters.length, polled.silent);
  return request.method === 'GET' ? get(round) : put(round);
}
