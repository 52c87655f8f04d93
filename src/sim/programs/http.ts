// What the program that a request reaches answers.
// Nothing upstream corresponds to it. An answer is one line; a program that is no store says who it is.

import type { SyncContext } from '../actor.ts';
import { localPodOf } from '../kubelet/machine.ts';
import { type Answer, call } from '../network.ts';
import { type Process, print } from './process.ts';
import { programOf } from './program.ts';
import { serveReplicated } from './quorum.ts';
import { isReplicated } from './replica.ts';
import { faultOf, type HttpRequest, type HttpResponse, serveAlone } from './store.ts';

type Reached = Extract<Answer, { readonly kind: 'reached' }>;

/** How often a request is passed on before that is called a circle. */
const MOST_HOPS = 5;
const FAILURES: Readonly<Record<Exclude<Answer['kind'], 'reached'>, string>> = {
  timeout: '504 {to}: timeout',
  refused: '502 {to}: connection refused',
  unknown: '502 {to}: no such name',
};

/** APP-07: a store that keeps nothing asks the Service behind it. */
function passOn(process: Process, to: string, request: HttpRequest, hops: number): HttpResponse {
  const { ctx, pod } = process;
  const answer = call(pod.metadata.namespace ?? '', to, process, ctx);
  const response: HttpResponse =
    answer.kind === 'reached'
      ? deliver(answer, { ...request, from: pod.metadata.name }, ctx, hops + 1)
      : { status: answer.kind === 'timeout' ? 504 : 502, text: FAILURES[answer.kind].replace('{to}', to) };
  print(process, `${request.method} ${request.key} passed on to ${to}: ${response.text}`);
  return response;
}

/** Brings a request to the container that it reached, and the answer back. */
export function deliver(reached: Reached, request: HttpRequest, ctx: SyncContext, hops = 0): HttpResponse {
  const { node, uid, container, pod } = reached;
  if (reached.isSick) return { status: 500, text: `500 from ${pod}` };
  const local = localPodOf(ctx.machines, node, uid);
  const state = local?.containers[container];
  const { store } = state ? programOf(ctx.settings.programs, state.image) : {};
  if (!local || !state || !store || (request.method === 'GET' && request.key === ''))
    return { status: 200, text: `200 from ${pod}` };
  const fault = faultOf(request);
  if (fault) return fault;
  if (hops > MOST_HOPS) return { status: 508, text: `508 passed on in a circle, stopped at ${pod}` };
  const process: Process = { ctx, node, pod: local.pod, container, state };
  if (isReplicated(store)) return serveReplicated(process, store, request);
  return store.to === undefined ? serveAlone(process, store, request) : passOn(process, store.to, request, hops);
}
