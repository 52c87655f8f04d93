// Commands under way: a line is looked at 50 to 100 ms after it was given, and goes on when what it waits for has come.

import { hashText } from '../base/random.ts';
import type { Context, Outcome } from '../kubectl/context.ts';
import { resumeCommand, startCommand } from '../kubectl/kubectl.ts';
import type { Cluster } from '../sim/cluster.ts';
import type { Command, Output } from './timeline.ts';

/** How long a command takes before its requests reach the server (as in the recordings). */
const COMMAND_MS: readonly [number, number] = [50, 100];

const latencyOf = (seed: number, output: number): number =>
  COMMAND_MS[0] + (hashText(`kubectl ${output}`, seed) % (COMMAND_MS[1] - COMMAND_MS[0] + 1));

/** A command that was just given; the log notes it as an input, which causes all that it writes. */
export function beginCommand(cluster: Cluster, output: number, line: string): Command {
  const cause = cluster.input('input', 'kubectl', { run: line });
  const wakeAtMs = cluster.nowMs + latencyOf(cluster.settings.seed, output);
  return { output, line, verb: null, state: null, cause, wakeAtMs, watch: [], seen: cluster.logLength };
}

interface Streams {
  out: string;
  err: string;
}

function contextOf(cluster: Cluster, files: Readonly<Record<string, string>>, command: Command, streams: Streams): Context {
  const from = { actor: 'kubectl', cause: command.cause, why: 'input' };
  return {
    nowMs: cluster.nowMs,
    epochMs: cluster.settings.epochMs,
    api: cluster.client('kubectl', command.cause),
    discovery: cluster.discovery,
    files,
    request: (request) => cluster.request(request, from),
    revision: cluster.revision,
    changes: (since, resource, options) => cluster.changes(since, resource, options),
    out: (text) => {
      streams.out += text;
    },
    err: (text) => {
      streams.err += text;
    },
  };
}

/** Lets a command do what it can now: its next state (null when it has ended) and what it has printed so far. */
export function goOn(
  cluster: Cluster,
  files: Readonly<Record<string, string>>,
  command: Command,
  before: Output,
): { readonly command: Command | null; readonly output: Output } {
  const streams: Streams = { out: before.out, err: before.err };
  const ctx = contextOf(cluster, files, command, streams);
  const started: { verb: string; outcome: Outcome } =
    command.verb === null
      ? startCommand(command.line, ctx)
      : { verb: command.verb, outcome: resumeCommand(command.verb, command.state, ctx) };
  const { verb, outcome } = started;
  if (typeof outcome === 'number')
    return { command: null, output: { ...before, ...streams, exit: outcome, endMs: cluster.nowMs } };
  const wakeAtMs = outcome.atMs === undefined ? null : Math.max(cluster.nowMs + 1, outcome.atMs);
  return {
    command: { ...command, verb, state: outcome.state, wakeAtMs, watch: outcome.watch ?? [], seen: cluster.logLength },
    output: { ...before, ...streams },
  };
}

/** The command with its alarm set to now if something it watches was written since it last looked. */
export function wokenBy(command: Command, cluster: Cluster): Command {
  if (command.watch.length === 0 || command.seen >= cluster.logLength || command.wakeAtMs === cluster.nowMs) return command;
  const news = cluster
    .log(command.seen)
    .some(
      (entry) =>
        entry.object !== undefined && entry.resourceVersion !== undefined && command.watch.includes(entry.object.resource),
    );
  return { ...command, seen: cluster.logLength, ...(news ? { wakeAtMs: cluster.nowMs } : {}) };
}

/** How the output of a command ends that was interrupted. */
export const cancelCommand = (output: Output, nowMs: number): Output => ({
  ...output,
  out: `${output.out}^C\n`,
  exit: 130,
  endMs: nowMs,
});
