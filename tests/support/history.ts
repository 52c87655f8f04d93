// A history to compare between runs, processes and browsers: a cluster in which much happens at once, and a fingerprint of its log.

import { hashText } from '../../src/base/random.ts';
import { ScenarioRun } from '../../src/scenario/run.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

const manifest = (kind: string, name: string, spec: object, apiVersion = 'apps/v1') =>
  JSON.stringify({ apiVersion, kind, metadata: { name }, spec });

const workload = (name: string) => ({
  replicas: 3,
  selector: { matchLabels: { app: name } },
  template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: `${name}:1` }] } },
});

const busy: Scenario = {
  name: 'busy',
  title: 'busy',
  cluster: { nodes: 3, nodeMonitorGrace: '10s', defaultToleration: '5s' },
  programs: { 'db:1': { readyAfter: '2s' }, 'task:1': { exitAfter: '3s' } },
  files: {
    'web.yaml': manifest('Deployment', 'web', workload('web')),
    'db.yaml': manifest('StatefulSet', 'db', { ...workload('db'), serviceName: 'db' }),
    'svc.yaml': manifest('Service', 'web', { selector: { app: 'web' }, ports: [{ port: 80 }] }, 'v1'),
    'task.yaml': manifest(
      'Job',
      'task',
      { completions: 3, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'task:1' }] } } },
      'batch/v1',
    ),
  },
  steps: [
    { run: 'kubectl apply -f web.yaml -f db.yaml -f svc.yaml -f task.yaml' },
    { wait: '8s' },
    { run: 'kubectl set image deployment/web main=web:2' },
    { node: 'node-2', power: 'off' },
    { wait: '30s' },
    { run: 'kubectl scale statefulset/db --replicas=1' },
    { node: 'node-2', power: 'on' },
    { wait: '20s' },
    { run: 'kubectl get pods -o wide' },
  ],
};

/** 64 bits of everything that a seed makes happen: log and what was printed. */
export function fingerprintOf(seed: number): string {
  const run = ScenarioRun.start(busy, { seed });
  run.finish();
  const texts = [...run.cluster.log(), ...run.outputs].map((part) => JSON.stringify(part));
  const hash = (start: number) => texts.reduce((sum, text) => hashText(text, sum), start);
  return [hash(1), hash(2)].map((half) => half.toString(16).padStart(8, '0')).join('');
}
