// What kubectl prints, by rule of the catalogue (K-01 … K-19, DRAIN-*, POD-18). Each row is one line typed into a prepared cluster.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, Terminal } from '../support/terminal.ts';

const FILES = {
  'web.yaml': deployment('web', 'web:1', 2),
  'web2.yaml': deployment('web', 'web:2', 3),
  'empty.yaml': '# nothing\n',
  'list.yaml': '- a\n- b\n',
  'nameless.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {labels: {app: web}}\nspec: {}\n',
  'two-bad.yaml': `${deployment('web', 'web:1', -1)}---\n${deployment('api', 'api:1', -1)}`,
  'half.yaml': `${deployment('api', 'api:1', 1)}---\napiVersion: apps/v1\nkind: Nonsense\nmetadata: {name: x}\n`,
  'quote.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: "x\n',
  'colon.yaml': 'apiVersion: v1\nkind: Pod: x\n',
  'dashes.yaml':
    'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n    -image: dice:1\n     name:dice\n     ports:\n     -containerPort: 80\n',
  'alias.yaml': 'apiVersion: v1\nkind: *pod\n',
};

interface Row {
  readonly rule: string;
  readonly line: string;
  readonly out?: string | RegExp;
  readonly err?: string | RegExp;
  readonly exit?: number;
}

const matches = (actual: string, wanted: string | RegExp | undefined) =>
  wanted instanceof RegExp ? assert.match(actual, wanted) : assert.equal(actual, wanted ?? '');

/** One test for each row; rows of a table share a prepared cluster through a fork of nothing: each starts afresh. */
function session(prepare: (terminal: Terminal) => void, rows: readonly Row[]): void {
  for (const { rule, line, out, err, exit = 0 } of rows)
    test(`${rule}: ${line}`, () => {
      const terminal = new Terminal(FILES);
      prepare(terminal);
      const printed = terminal.type(line);
      matches(printed.err, err);
      matches(printed.out, out);
      assert.equal(printed.exit, exit);
    });
}

const NOT_FOUND = 'Error from server (NotFound): deployments.apps "web" not found\n';

session(() => {}, [
  { rule: 'K-01', line: 'kubectl get pods', err: 'No resources found in default namespace.\n' },
  { rule: 'K-01', line: 'kubectl get pods -n team', err: 'No resources found in team namespace.\n' },
  { rule: 'K-01', line: 'kubectl get pv', err: 'No resources found\n' },
  { rule: 'K-01', line: 'kubectl get pods,deploy', err: 'No resources found in default namespace.\n' },
  { rule: 'K-01', line: 'kubectl delete pods --all', out: 'No resources found\n' },
  { rule: 'K-11', line: 'kubectl get deploy web', err: NOT_FOUND, exit: 1 },
  { rule: 'K-11', line: 'kubectl get foo', err: 'error: the server doesn\'t have a resource type "foo"\n', exit: 1 },
  { rule: 'K-11', line: 'kubectl scale deploy web', err: 'error: required flag(s) "replicas" not set\n', exit: 1 },
  {
    rule: 'K-11',
    line: 'kubectl scale deploy web --replicas=-1',
    err: 'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n',
    exit: 1,
  },
  { rule: 'K-11', line: 'kubectl scale deploy web --replicas=1', err: NOT_FOUND, exit: 1 },
  { rule: 'K-15', line: 'kubectl wait --for=delete pod/nothing', exit: 0 },
  {
    rule: 'K-15',
    line: 'kubectl wait --for=condition=Ready pod/nothing',
    err: 'Error from server (NotFound): pods "nothing" not found\n',
    exit: 1,
  },
  { rule: 'K-16', line: 'kubectl frobnicate', err: 'error: unknown command "frobnicate" for "kubectl"\n', exit: 1 },
  { rule: 'K-16', line: 'kubectl apply -f f.yaml', err: 'error: the path "f.yaml" does not exist\n', exit: 1 },
  { rule: 'K-16', line: 'kubectl apply -f empty.yaml', err: 'error: no objects passed to apply\n', exit: 1 },
  { rule: 'K-16', line: 'kubectl top pods', err: 'error: Metrics API not available\n', exit: 1 },
  {
    rule: 'K-16',
    line: 'kubectl apply -f list.yaml',
    err: 'error: error validating "list.yaml": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false\n',
    exit: 1,
  },
  {
    rule: 'K-16',
    line: 'kubectl apply -f nameless.yaml',
    err: 'error: error when retrieving current configuration of:\nResource: "apps/v1, Resource=deployments", GroupVersionKind: "apps/v1, Kind=Deployment"\nName: "", Namespace: "default"\nfrom server for: "nameless.yaml": resource name may not be empty\n',
    exit: 1,
  },
  {
    rule: 'K-16',
    line: 'kubectl apply -f quote.yaml',
    err: /^error: error parsing quote.yaml: error converting YAML to JSON: yaml: line \d: found unexpected end of stream\n$/,
    exit: 1,
  },
  {
    rule: 'K-16',
    line: 'kubectl apply -f colon.yaml',
    err: 'error: error parsing colon.yaml: error converting YAML to JSON: yaml: line 2: mapping values are not allowed in this context\n',
    exit: 1,
  },
  {
    rule: 'K-16 the line of the colon',
    line: 'kubectl apply -f dashes.yaml',
    err: 'error: error parsing dashes.yaml: error converting YAML to JSON: yaml: line 7: mapping values are not allowed in this context\n',
    exit: 1,
  },
  {
    rule: 'K-16',
    line: 'kubectl apply -f alias.yaml',
    err: "error: error parsing alias.yaml: error converting YAML to JSON: yaml: unknown anchor 'pod' referenced\n",
    exit: 1,
  },
  {
    rule: 'K-11 several',
    line: 'kubectl apply -f two-bad.yaml',
    err: /^Error from server \(Invalid\): error when creating "two-bad.yaml": Deployment.apps "web" is invalid: .*\nError from server \(Invalid\): error when creating "two-bad.yaml": Deployment.apps "api" is invalid: .*\n$/,
    exit: 1,
  },
  {
    rule: 'K-16 the rest is applied',
    line: 'kubectl apply -f half.yaml',
    out: 'deployment.apps/api created\n',
    err: /no matches for kind "Nonsense" in version "apps\/v1"\nensure CRDs are installed first\n$/,
    exit: 1,
  },
  {
    rule: 'K-17',
    line: 'kubectl get pods --field-selector status.x=1',
    err: 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "status.x=1": field label not supported: status.x\n',
    exit: 1,
  },
  {
    rule: 'unknown flag',
    line: 'kubectl get pods --nope',
    err: "error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n",
    exit: 1,
  },
  {
    rule: 'near miss',
    line: 'kubectl gte pods',
    err: 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n\tget\n',
    exit: 1,
  },
  { rule: 'refusal with a way round', line: 'kubectl edit deploy web', err: /there is no editor.*kubectl patch/, exit: 1 },
  { rule: 'no shell', line: 'kubectl get pods | grep web', err: /"\|" needs a shell/, exit: 2 },
  { rule: 'open quote', line: "kubectl get pods -o jsonpath='{.x", err: /never closed/, exit: 2 },
  { rule: 'another program', line: 'helm install x', err: /helm: command not found/, exit: 127 },
  { rule: 'nothing typed', line: '', exit: 0 },
  { rule: 'help', line: 'kubectl scale --help', out: /Usage:\n {2}kubectl scale .*--replicas=COUNT/ },
  { rule: 'DRAIN', line: 'kubectl drain nope', err: 'Error from server (NotFound): nodes "nope" not found\n', exit: 1 },
  { rule: 'DRAIN-03', line: 'kubectl uncordon node-1', out: 'node/node-1 already uncordoned\n' },
]);

const withWeb = (terminal: Terminal) => {
  terminal.do('kubectl apply -f web.yaml').settle();
};

session(withWeb, [
  { rule: 'K-07', line: 'kubectl apply -f web.yaml', out: 'deployment.apps/web unchanged\n' },
  { rule: 'K-07', line: 'kubectl apply -f web2.yaml', out: 'deployment.apps/web configured\n' },
  { rule: 'K-07', line: 'kubectl scale deploy/web --replicas=3', out: 'deployment.apps/web scaled\n' },
  { rule: 'K-07', line: 'kubectl rollout restart deploy/web', out: 'deployment.apps/web restarted\n' },
  { rule: 'K-15', line: 'kubectl rollout pause deploy/web', out: 'deployment.apps/web paused\n' },
  { rule: 'K-15', line: 'kubectl rollout resume deploy/web', err: 'error: deployments.apps "web" is not paused\n', exit: 1 },
  { rule: 'K-15', line: 'kubectl expose deploy web --port=80', out: 'service/web exposed\n' },
  { rule: 'K-15', line: "kubectl get deploy web -o jsonpath='{.spec.selector.matchLabels}'", out: '{"app":"web"}' },
  { rule: 'K-15', line: "kubectl get deploy web -o jsonpath='{.nothing}'" },
  {
    rule: 'K-15',
    line: `kubectl patch deploy web -p '{"spec":{"replicas":2}}'`,
    out: 'deployment.apps/web patched (no change)\n',
  },
  {
    rule: 'K-17',
    line: "kubectl patch deploy web -p '{x}'",
    err: "Error from server (BadRequest): invalid character 'x' looking for beginning of object key string\n",
    exit: 1,
  },
  { rule: 'K-16', line: 'kubectl set image deploy/web x=y', err: 'error: unable to find container named "x"\n', exit: 1 },
  {
    rule: 'K-16',
    line: 'kubectl label deploy web app=x',
    err: "error: 'app' already has a value (web), and --overwrite is false\n",
    exit: 1,
  },
  {
    rule: 'K-16',
    line: 'kubectl scale deploy web --replicas=1 --current-replicas=9',
    err: 'error: Expected replicas to be 9, was 2\n',
    exit: 1,
  },
  {
    rule: 'K-10',
    line: 'kubectl rollout history deploy/web',
    out: 'deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n\n',
  },
  { rule: 'K-09', line: 'kubectl rollout status deploy/web', out: 'deployment "web" successfully rolled out\n' },
  {
    rule: 'undo',
    line: 'kubectl rollout undo deploy/web',
    err: /^Warning: .*\nerror: no rollout history found for deployment "web"\n$/,
    exit: 1,
  },
  { rule: 'VER-4', line: 'kubectl delete deploy web', out: 'deployment.apps "web" deleted from default namespace\n' },
  { rule: 'K-07', line: 'kubectl delete deploy nothing --ignore-not-found', exit: 0 },
  {
    rule: 'K-11',
    line: 'kubectl create -f web.yaml',
    err: 'Error from server (AlreadyExists): error when creating "web.yaml": deployments.apps "web" already exists\n',
    exit: 1,
  },
  {
    rule: 'K-04',
    line: 'kubectl get deploy -o wide',
    out: /^NAME {3}READY {3}UP-TO-DATE {3}AVAILABLE {3}AGE {3}CONTAINERS {3}IMAGES {3}SELECTOR\nweb {4}2\/2 /,
  },
  {
    rule: 'K-01',
    line: 'kubectl get rs,deploy',
    out: /^NAME .*\nreplicaset.apps\/web-\S+ .*\n\nNAME .*\ndeployment.apps\/web /,
  },
  { rule: 'K-01', line: 'kubectl get pods -A', out: /^NAMESPACE {3}NAME .*\ndefault {5}web-/ },
  {
    rule: 'K-12',
    line: 'kubectl describe deploy web',
    out: /\nReplicas: +2 desired \| 2 updated \| 2 total \| 2 available \| 0 unavailable\n/,
  },
  {
    rule: 'K-13',
    line: 'kubectl describe deploy web',
    out: /\nEvents:\n {2}Type +Reason +Age +From +Message\n {2}---- +------ +---- +---- +-------\n/,
  },
  {
    rule: 'K-19',
    line: 'kubectl describe deploy web',
    out: /\nOldReplicaSets: {2}<none>\nNewReplicaSet: {3}web-\S+ \(2\/2 replicas created\)\n/,
  },
]);

test('K-06: -w pads rows to the widest cell so far', () => {
  const terminal = new Terminal(FILES);
  const watch = terminal.run.input({ run: 'kubectl get pods -w' }) as number;
  terminal.run.advanceTo(200);
  terminal.type('kubectl run a --image=web:1');
  terminal.settle();
  const lines = (terminal.run.outputs[watch]?.out ?? '').split('\n');
  assert.equal(lines[0], 'NAME   READY   STATUS    RESTARTS   AGE');
  assert.match(lines.find((line) => line.includes('1/1')) ?? '', /^a {6}1\/1 {5}Running {13}0 /);
});

test('K-09: a paused rollout is waited for until the timeout', () => {
  const terminal = new Terminal(FILES);
  withWeb(terminal);
  terminal.do('kubectl rollout pause deploy/web', 'kubectl set image deploy/web web=web:2');
  const printed = terminal.type('kubectl rollout status deploy/web --timeout=3s');
  assert.match(
    printed.out,
    /^Waiting for deployment "web" rollout to finish: 0 out of 2 new replicas have been updated\.\.\.\n/,
  );
  assert.equal(printed.err, 'error: timed out waiting for the condition\n');
  assert.equal(printed.exit, 1);
});

test('undo goes back to the revision before, and says when there is nothing to do', () => {
  const terminal = new Terminal(FILES);
  withWeb(terminal);
  terminal.do('kubectl set image deploy/web web=web:2').settle();
  assert.equal(terminal.type('kubectl rollout undo deploy/web').out, 'deployment.apps/web rolled back\n');
  terminal.settle();
  assert.equal(terminal.type("kubectl get deploy web -o jsonpath='{.spec.template.spec.containers[0].image}'").out, 'web:1');
  assert.match(terminal.type('kubectl rollout history deploy/web').out, /\n2 .*\n3 /);
  assert.match(
    terminal.type('kubectl rollout undo deploy/web --to-revision=3').out,
    /skipped rollback \(current template already matches revision 3\)/,
  );
  assert.match(
    terminal.type('kubectl rollout undo deploy/web --to-revision=9').err,
    /\nerror: unable to find specified revision 9 in history\n$/,
  );
});

test('DEP-12: undo warns when a file was applied, refused or not', () => {
  const terminal = new Terminal(FILES);
  terminal.do('kubectl apply -f web.yaml').settle();
  const WARNING =
    /^Warning: resource deployments\/web was previously managed with 'kubectl apply'\. Rolling back will not update /;
  const none = terminal.type('kubectl rollout undo deploy/web').err;
  assert.match(none, WARNING);
  assert.ok(none.endsWith('instead.\nerror: no rollout history found for deployment "web"\n'));
  terminal.do('kubectl set image deploy/web web=web:2').settle();
  const undone = terminal.type('kubectl rollout undo deploy/web');
  assert.match(undone.err, WARNING);
  assert.equal(undone.out, 'deployment.apps/web rolled back\n');
  terminal.do('kubectl rollout pause deploy/web');
  assert.match(terminal.type('kubectl rollout undo deploy/web').err, /\nerror: you cannot rollback a paused deployment; /);
});

test('DRAIN-02: Pods without a controller are refused by name', () => {
  const terminal = new Terminal(FILES, 1);
  terminal.do('kubectl run bare --image=web:1').settle();
  const printed = terminal.type('kubectl drain node-1');
  const reason = 'cannot delete Pods that declare no controller (use --force to override): default/bare';
  assert.equal(printed.out, 'node/node-1 cordoned\n');
  assert.equal(
    printed.err,
    `error: unable to drain node "node-1" due to error: ${reason}, continuing command...\nThere are pending nodes to be drained:\n node-1\n${reason}\n`,
  );
  assert.equal(printed.exit, 1);
  const forced = terminal.type('kubectl drain node-1 --force');
  assert.equal(forced.err, 'Warning: deleting Pods that declare no controller: default/bare\n');
  assert.equal(forced.out, 'node/node-1 already cordoned\nevicting pod default/bare\npod/bare evicted\nnode/node-1 drained\n');
});

test('POD-18: force removes the object at once', () => {
  const terminal = new Terminal(FILES);
  terminal.do('kubectl run x --image=web:1').settle();
  const printed = terminal.type('kubectl delete pod x --force --grace-period=0');
  assert.equal(printed.out, 'pod "x" force deleted from default namespace\n');
  assert.match(printed.err, /^Warning: Immediate deletion does not wait for confirmation/);
  assert.equal(terminal.type('kubectl get pod x').exit, 1);
});

test('K-18: delete returns when the object is gone', () => {
  const terminal = new Terminal(FILES);
  terminal.do('kubectl run x --image=web:1').settle();
  terminal.type('kubectl delete pod x');
  assert.equal(terminal.run.cluster.read.get('pods', 'default', 'x'), undefined);
});

test('apply forgets what the manifest no longer says, and keeps what others set', () => {
  const withEnv = deployment('web', 'web:1', 1).replace('image: "web:1"', 'image: "web:1", env: [{name: A, value: b}]');
  const terminal = new Terminal({ 'web.yaml': withEnv });
  terminal.do('kubectl apply -f web.yaml', 'kubectl label deploy web owner=me', 'kubectl scale deploy web --replicas=3');
  terminal.run.input({ file: 'web.yaml', text: deployment('web', 'web:1', 1).replace('replicas: 1\n', 'paused: false\n') });
  assert.equal(terminal.type('kubectl apply -f web.yaml').out, 'deployment.apps/web configured\n');
  const now = terminal.run.cluster.read.get('deployments', 'default', 'web');
  assert.equal(now?.metadata.labels?.['owner'], 'me');
  assert.equal(now?.spec.template.spec.containers[0]?.env, undefined);
  assert.equal(now?.spec.replicas, 1, 'a removed field takes its default, as the recordings of apply show');
});

test('completion offers verbs, types, names, flags and files', () => {
  const terminal = new Terminal(FILES);
  withWeb(terminal);
  const { run } = terminal;
  assert.deepEqual(run.complete('kubectl drai'), ['drain']);
  assert.deepEqual(run.complete('kubectl rollout st'), ['status']);
  assert.ok(run.complete('kubectl get de').includes('deployments'));
  assert.deepEqual(run.complete('kubectl get deploy w'), ['web']);
  assert.deepEqual(run.complete('kubectl describe deploy/w'), ['deploy/web']);
  assert.deepEqual(run.complete('kubectl cordon node-'), ['node-1', 'node-2']);
  assert.ok(run.complete('kubectl scale deploy web --rep').includes('--replicas'));
  assert.deepEqual(run.complete('kubectl apply -f web2'), ['web2.yaml']);
});

test('VAL-15: --validate decides what becomes of a field that the kind does not know', () => {
  const typo = deployment('web', 'web:1', 2).replace('replicas: 2', 'replica: 2');
  const said = (line: string) => {
    const terminal = new Terminal({ 'web.yaml': typo });
    const { out, err } = terminal.type(line);
    return { out, err, replicas: terminal.run.cluster.read.get('deployments', 'default', 'web')?.spec.replicas };
  };
  const refused = said('kubectl apply --validate=strict -f web.yaml');
  assert.match(refused.err, /strict decoding error: unknown field "spec.replica"\n$/);
  assert.equal(refused.replicas, undefined);
  for (const option of ['ignore', 'false'])
    assert.deepEqual(said(`kubectl apply --validate=${option} -f web.yaml`), {
      out: 'deployment.apps/web created\n',
      err: '',
      replicas: 1,
    });
  assert.deepEqual(said('kubectl create --validate=warn -f web.yaml'), {
    out: 'deployment.apps/web created\n',
    err: 'Warning: unknown field "spec.replica"\n',
    replicas: 1,
  });
  assert.match(
    said('kubectl apply --validate=maybe -f web.yaml').err,
    /^error: invalid - validate option "maybe"; must be one of/,
  );
  const wrong = new Terminal({ 'web.yaml': typo.replace('replica: 2', 'replicas: "2"') });
  assert.match(wrong.type('kubectl apply --validate=ignore -f web.yaml').err, /cannot unmarshal string/);
});
