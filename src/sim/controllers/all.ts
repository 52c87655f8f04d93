// Everything that acts in a cluster of this simulator.

import type { Actor } from '../actor.ts';
import { heartbeat } from '../kubelet/heartbeat.ts';
import { kubelet } from '../kubelet/kubelet.ts';
import { scheduler } from '../scheduler/scheduler.ts';
import { autoscaler } from './autoscaler.ts';
import { cronJobController } from './cronjob/cronjob.ts';
import { customResourceController } from './customresources.ts';
import { deploymentController } from './deployment/deployment.ts';
import { disruptionController } from './disruption.ts';
import { endpointsController } from './endpoints.ts';
import { endpointSliceController } from './endpointslice.ts';
import { garbageCollector } from './garbagecollector.ts';
import { jobController } from './job/job.ts';
import { ttlController } from './job/ttl.ts';
import { namespaceController } from './namespaces.ts';
import { nodeLifecycleController } from './nodelifecycle.ts';
import { storeOperator } from './operator.ts';
import { podGarbageCollector } from './podgc.ts';
import { replicaSetController } from './replicaset.ts';
import { statefulSetController } from './statefulset/statefulset.ts';
import { attachDetachController } from './storage/attach.ts';
import { expandController } from './storage/expand.ts';
import { protectionController } from './storage/protection.ts';
import { volumeController } from './storage/volumes.ts';
import { taintEvictionController } from './tainteviction.ts';

/** All actors; pass them to `Cluster.create` and `Cluster.from`. */
export const ACTORS: readonly Actor[] = [
  deploymentController,
  replicaSetController,
  statefulSetController,
  jobController,
  ttlController,
  cronJobController,
  autoscaler,
  scheduler,
  kubelet,
  heartbeat,
  endpointSliceController,
  endpointsController,
  volumeController,
  protectionController,
  expandController,
  attachDetachController,
  disruptionController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollector,
  garbageCollector,
  customResourceController,
  namespaceController,
  storeOperator,
];
