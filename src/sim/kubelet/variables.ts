// The environment of a container. Models pkg/kubelet/kubelet_pods.go makeEnvironmentVariables and third_party/forked/golang/expansion.
// Differs: of the Services only the API server's is there; values from ConfigMaps and Secrets are empty.

import type { Reader } from '../actor.ts';
import type { EnvVar } from '../pod-parts.ts';
import type { Pod } from '../types.ts';

/** A field of the Pod as fieldRef names it. */
export function fieldOf({ metadata, spec, status }: Pod, path: string): string {
  const [, of = '', key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (of) return metadata[of as 'labels' | 'annotations']?.[key] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': metadata.name,
    'metadata.namespace': metadata.namespace,
    'metadata.uid': metadata.uid,
    'spec.nodeName': spec.nodeName,
    'status.podIP': status.podIP,
    'status.hostIP': status.hostIP,
  };
  return fields[path] ?? '';
}

/** A text with `$(NAME)` of known variables put in. */
export const expanded = (text: string, variables: ReadonlyMap<string, string>): string =>
  text.replace(/\$\(([\w.-]+)\)/g, (whole, name: string) => variables.get(name) ?? whole);

/** The environment of a container: host name, the API server's address, then what the Pod says. */
export function variablesOf(pod: Pod, env: readonly EnvVar[], read: Reader): ReadonlyMap<string, string> {
  const api = read.get('services', 'default', 'kubernetes')?.spec;
  const variables = new Map([
    ['HOSTNAME', pod.spec.hostname ?? pod.metadata.name],
    ['KUBERNETES_SERVICE_HOST', api?.clusterIP ?? ''],
    ['KUBERNETES_SERVICE_PORT', String(api?.ports?.[0]?.port ?? 443)],
  ]);
  for (const { name, value = '', valueFrom } of env) {
    const path = valueFrom?.fieldRef?.fieldPath;
    const text = expanded(value, variables);
    variables.set(name, path === undefined ? text : fieldOf(pod, path));
  }
  return variables;
}
