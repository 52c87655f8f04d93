// Every command by name, and what is known but not offered.

import type { Verb } from './context.ts';
import { apiResources, apiVersions, events, top, version } from './verbs/about.ts';
import { apply } from './verbs/apply.ts';
import { create } from './verbs/create.ts';
import { remove } from './verbs/delete.ts';
import { describe } from './verbs/describe.ts';
import { diff } from './verbs/diff.ts';
import { drain } from './verbs/drain.ts';
import { exec } from './verbs/exec.ts';
import { explain } from './verbs/explain.ts';
import {
  createBudget,
  createConfigMap,
  createCronJob,
  createDeployment,
  createJob,
  createNamespace,
  expose,
  runPod,
} from './verbs/generators.ts';
import { get } from './verbs/get.ts';
import { rolloutHistory, rolloutUndo } from './verbs/history.ts';
import { logs } from './verbs/logs.ts';
import { annotate, label } from './verbs/mark.ts';
import { autoscale, createService } from './verbs/more-generators.ts';
import { cordon, taint, uncordon } from './verbs/nodes.ts';
import { patch } from './verbs/patch.ts';
import { replace } from './verbs/replace.ts';
import { rolloutPause, rolloutRestart, rolloutResume, rolloutStatus } from './verbs/rollout.ts';
import { scale } from './verbs/scale.ts';
import { setEnv, setImage, setResources } from './verbs/set.ts';
import { wait } from './verbs/wait.ts';

export const VERBS: Readonly<Record<string, Verb>> = {
  get,
  describe,
  apply,
  create,
  'create deployment': createDeployment,
  'create job': createJob,
  'create cronjob': createCronJob,
  'create namespace': createNamespace,
  'create configmap': createConfigMap,
  'create poddisruptionbudget': createBudget,
  'create service': createService,
  run: runPod,
  expose,
  delete: remove,
  scale,
  autoscale,
  replace,
  'set image': setImage,
  'set env': setEnv,
  'set resources': setResources,
  'rollout status': rolloutStatus,
  'rollout history': rolloutHistory,
  'rollout undo': rolloutUndo,
  'rollout restart': rolloutRestart,
  'rollout pause': rolloutPause,
  'rollout resume': rolloutResume,
  drain,
  cordon,
  uncordon,
  taint,
  label,
  annotate,
  patch,
  wait,
  logs,
  exec,
  events,
  diff,
  explain,
  top,
  version,
  'api-resources': apiResources,
  'api-versions': apiVersions,
};

/** Commands that take a second word. */
export const GROUPS: Readonly<Record<string, string>> = {
  rollout: 'Manage the rollout of one or many resources',
  set: 'Set specific features on objects',
  create: 'Create a resource from a file or from the command line',
};

const NO_EDITOR =
  'there is no editor behind this terminal. Change the manifest in the editor beside it and apply it, or use kubectl patch.';
const NO_NETWORK = 'nothing outside the cluster can reach into it. Use kubectl exec, or dig and curl from inside a Pod.';

/** Commands of the real kubectl that make no sense here, with the way round. */
export const UNSUPPORTED: Readonly<Record<string, string>> = {
  edit: NO_EDITOR,
  'port-forward': NO_NETWORK,
  proxy: NO_NETWORK,
  attach: 'programs here have no terminal. Read what they print with kubectl logs.',
  cp: 'containers here have no files.',
  debug: 'containers here have no processes to look at. Use kubectl describe and kubectl logs.',
  config: 'there is one cluster and one user. Use -n to choose a namespace.',
  auth: 'everybody may do everything here.',
  certificate: 'there are no certificates here.',
  plugin: 'there are no plugins here.',
  kustomize: 'write plain manifests instead.',
};

/** Edit distance, given up beyond two. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] as number;
}

/** Verbs that look like a word (cobra's SuggestionsFor). */
export function nearVerbs(word: string): readonly string[] {
  const names = [...new Set(Object.keys(VERBS).map((name) => name.split(' ')[0] as string))];
  return word.length < 2
    ? []
    : names.filter((name) => distance(word.toLowerCase(), name) <= 2 || name.startsWith(word.toLowerCase())).sort();
}
