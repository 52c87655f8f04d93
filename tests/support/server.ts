// A cluster without controllers: the API server by itself, for tests of the door.

import assert from 'node:assert/strict';
import type { ApiRequest } from '../../src/sim/api/door.ts';
import type { Status } from '../../src/sim/api/status.ts';
import { Cluster, type ClusterOptions } from '../../src/sim/cluster.ts';

const FROM = { actor: 'test', cause: null, why: 'input' };

// biome-ignore lint/suspicious/noExplicitAny: tests read into answers of any shape
export type Any = any;

export interface Server {
  readonly cluster: Cluster;
  /** A request that must succeed; returns the body. */
  ok(verb: ApiRequest['verb'], path: string, body?: unknown, more?: Partial<ApiRequest>): Any;
  /** A request that must be refused; returns the Status. */
  refused(verb: ApiRequest['verb'], path: string, body?: unknown, more?: Partial<ApiRequest>): Status;
}

export function server(options: Partial<ClusterOptions> = {}): Server {
  const cluster = Cluster.create({ nodes: 1, actors: [], ...options });
  const send = (verb: ApiRequest['verb'], path: string, body: unknown, more: Partial<ApiRequest> = {}) =>
    cluster.request({ verb, path, body, ...more }, FROM);
  return {
    cluster,
    ok(verb, path, body, more) {
      const answer = send(verb, path, body, more);
      assert.ok(answer.code < 300, JSON.stringify(answer.body));
      return answer.body;
    },
    refused(verb, path, body, more) {
      const answer = send(verb, path, body, more);
      assert.ok(answer.code >= 400, `expected a refusal, got ${answer.code}`);
      return answer.body as Status;
    },
  };
}

export const PODS = '/api/v1/namespaces/default/pods';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const SERVICES = '/api/v1/namespaces/default/services';

export const template = (labels: Any = { app: 'web' }, spec: Any = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
});

export const pod = (name = 'p', spec: Any = {}, metadata: Any = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'web:1' }], ...spec },
});

export const deployment = (spec: Any = {}, name = 'web') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
});

export const statefulSet = (spec: Any = {}, name = 'db') => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name },
  spec: { serviceName: 'db', selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
});

export const job = (spec: Any = {}, name = 'pi') => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: { template: template(undefined, { restartPolicy: 'Never' }), ...spec },
});

export const service = (spec: Any = {}, name = 'web') => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
