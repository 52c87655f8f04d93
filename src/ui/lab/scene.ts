// What pictures read, taken from a running scenario. No copies of objects: valid until time moves on.

import type { ScenarioRun } from '../../scenario/run.ts';
import type { Memory } from '../../sim/actor.ts';
import { machineOf } from '../../sim/kubelet/machine.ts';
import { podsOnMachines } from '../../sim/observe.ts';
import type { LogEntry } from '../../sim/types.ts';
import type { Process, Scene, Timer } from '../../view/scene.ts';

const NOTHING: Memory = { get: () => undefined, set: () => {}, delete: () => {}, entries: () => [] };

export const logOf = (run: ScenarioRun): readonly LogEntry[] => run.cluster.log();

export function sceneOf(run: ScenarioRun): Scene {
  const { cluster } = run;
  let machines = NOTHING;
  cluster.act('lab', null, (ctx) => {
    machines = ctx.machines;
  });
  let timers: readonly Timer[] | undefined;
  let processes: readonly Process[] | undefined;
  return {
    nowMs: run.nowMs,
    log: logOf(run),
    list: (resource) => cluster.read.list(resource),
    machineOf: (node) => {
      const { power, network } = machineOf(machines, node);
      return { power, network };
    },
    get timers() {
      timers ??= [...cluster.snapshot().pending.values()];
      return timers;
    },
    get processes() {
      processes ??= podsOnMachines(machines).map(({ node, uid, name, containers, frozen, leads }) => ({
        node,
        uid,
        name,
        running: containers.length,
        frozen: frozen.length > 0,
        leads,
      }));
      return processes;
    },
  };
}
