// Deletes a finished Job when its time is over.
// Models pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (v1.36), rule JOB-18.

import { parseTime } from '../../../base/time.ts';
import type { Actor, SyncContext } from '../../actor.ts';
import { itself, splitKey } from '../keys.ts';
import { endOf, type Job } from './model.ts';

function sync(key: string, ctx: SyncContext): void {
  const [namespace, name] = splitKey(key);
  const job = ctx.read.get('jobs', namespace, name) as Job | undefined;
  const end = job && endOf(job);
  if (!end || job.spec.ttlSecondsAfterFinished === undefined || job.metadata.deletionTimestamp !== undefined) return;
  const seconds = job.spec.ttlSecondsAfterFinished;
  const restMs = parseTime(end.lastTransitionTime ?? '') + seconds * 1000 - ctx.settings.epochMs - ctx.nowMs;
  const options = { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid } } as const;
  if (restMs > 0) ctx.after(restMs, key);
  else ctx.api.delete('jobs', namespace, name, options, 'JOB-18', { job: name, seconds });
}

export const ttlController: Actor = {
  name: 'ttl-after-finished-controller',
  latencyMs: [3, 12],
  watches: { jobs: itself },
  sync,
};
