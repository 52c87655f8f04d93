// GET pods/proxy: the API server asks a port of a Pod on the caller's behalf.
// Models pkg/registry/core/pod/strategy.go (ResourceLocation) and what client-go makes of an answer that is no Status
// (apimachinery/pkg/api/errors NewGenericServerResponse). Differs: GET only.

import type { PodRuntime, SyncContext } from '../actor.ts';
import type { Pod } from '../types.ts';
import type { Desk } from './desk.ts';
import type { ResourceInfo } from './discovery.ts';
import { ApiError, badRequest } from './status.ts';
import { stored } from './write.ts';

function refusal(code: number, reason: string, message: string): ApiError {
  return new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

/** What a client is told when the program behind the proxy answers with an error. */
function errorOf(code: number, text: string): ApiError {
  if (code === 404) return refusal(code, 'NotFound', 'the server could not find the requested resource');
  if (code === 405) return refusal(code, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');
  if (code === 503) return refusal(code, 'ServiceUnavailable', 'the server is currently unable to handle the request');
  if (code === 504)
    return refusal(
      code,
      'Timeout',
      'the server was unable to return a response in the time allotted, but may still be processing the request',
    );
  if (code < 500) return refusal(code, 'BadRequest', 'the server rejected our request for an unknown reason');
  const message = `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`;
  return refusal(code, 'InternalError', message);
}

/** `id` is `db-0`, `db-0:7000` or `http:db-0:7000`; without a port it is the first that a container declares. */
export function proxyToPod(
  desk: Desk,
  runtime: PodRuntime | undefined,
  ctx: SyncContext,
  info: ResourceInfo,
  namespace: string,
  id: string,
  path: string,
): string {
  const [, name = '', given] = /^(?:https?:)?([^:]+)(?::(\d*))?$/.exec(id) ?? [];
  if (name === '') throw badRequest(`invalid pod request "${id}"`);
  const pod = stored(desk, info, namespace, name) as Pod;
  const declared = pod.spec.containers.flatMap(({ ports = [] }) => ports.slice(0, 1))[0]?.containerPort;
  const port = given ? Number(given) : declared;
  const address = pod.status.podIP;
  if (!address) throw badRequest('address not allowed');
  if (!runtime) throw badRequest('this cluster has no container runtime');
  const answer = runtime.ask(pod, port ?? 80, path, ctx);
  if (typeof answer === 'string')
    throw refusal(503, 'ServiceUnavailable', `error trying to reach service: dial tcp ${address}:${port ?? 80}: ${answer}`);
  if (answer.status >= 400) throw errorOf(answer.status, answer.text);
  return `${answer.text}\n`;
}
