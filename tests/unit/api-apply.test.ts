// Server-side apply: who manages which field, what happens when two want the same, and what goes when nobody wants it any more.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deployment, Terminal } from '../support/terminal.ts';

const WEB = deployment('web', 'web:1', 2);
const service = (ports: string, labels = '') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web${labels}}\nspec:\n  selector: {app: web}\n  ports: ${ports}\n`;
const FILES = {
  'web.yaml': WEB,
  'three.yaml': deployment('web', 'web:1', 3),
  'image.yaml': deployment('web', 'web:2', 0).replace(/ {2}replicas: 0\n/, ''),
  'bare.yaml': WEB.replace(/ {2}replicas: 2\n/, ''),
  'typo.yaml': WEB.replace('replicas:', 'replica:'),
  'one.yaml': service('[{port: 80, name: web}]', ', labels: {tier: front}'),
  'two.yaml': service('[{port: 81, name: admin}]'),
  'none.yaml': service('[{port: 80, name: web}]'),
  'keyless.yaml': service('[{name: web}]'),
};
const HELP = `
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
`;

const apply = (file: string, manager = '', more = '') =>
  `kubectl apply --server-side -f ${file}${manager ? ` --field-manager=${manager}` : ''}${more}`;
const conflict = (with_: string, field: string) =>
  `error: Apply failed with 1 conflict: conflict with ${with_}: ${field}${HELP}`;
const at = (terminal: Terminal, path: string, object = 'deploy web') =>
  terminal.type(`kubectl get ${object} -o jsonpath='{${path}}'`).out;
/** `manager/operation[/subresource]` of everyone who manages anything. */
const managers = (terminal: Terminal, object = 'deploy web') =>
  (JSON.parse(at(terminal, '.metadata.managedFields', object)) as Record<string, string>[])
    .map(({ manager, operation, subresource }) => [manager, operation, subresource].filter(Boolean).join('/'))
    .sort();

test('server-side apply: creates, says so, applies again without a write, and lists what was applied', () => {
  const terminal = new Terminal(FILES);
  assert.deepEqual(terminal.type(apply('one.yaml')), { out: 'service/web serverside-applied\n', err: '', exit: 0 });
  const before = at(terminal, '.metadata.resourceVersion', 'svc web');
  assert.equal(terminal.type(apply('one.yaml')).out, 'service/web serverside-applied\n');
  assert.equal(at(terminal, '.metadata.resourceVersion', 'svc web'), before);
  const [entry, ...others] = JSON.parse(at(terminal, '.metadata.managedFields', 'svc web'));
  assert.deepEqual(others, []);
  assert.deepEqual(entry, {
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': { 'f:tier': {} } },
      'f:spec': {
        'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {}, 'f:port': {} } },
        'f:selector': {},
      },
    },
    manager: 'kubectl',
    operation: 'Apply',
    time: '2026-01-01T00:00:00Z',
  });
});

test('server-side apply: managedFields are shown only when asked for', () => {
  const terminal = new Terminal(FILES).do(apply('one.yaml'));
  assert.doesNotMatch(terminal.type('kubectl get svc web -o yaml').out, /managedFields/);
  assert.doesNotMatch(terminal.type('kubectl get svc -o json').out, /managedFields/);
  assert.match(
    terminal.type('kubectl get svc web -o yaml --show-managed-fields').out,
    /\n {2}managedFields:\n {2}- apiVersion: v1\n/,
  );
});

test('server-side apply: a field that another manager set is a conflict, until it is forced', () => {
  const terminal = new Terminal(FILES).do('kubectl apply -f web.yaml').settle();
  const refused = terminal.type(apply('three.yaml'));
  assert.equal(refused.err, conflict('"kubectl-client-side-apply" using apps/v1', '.spec.replicas'));
  assert.equal(refused.exit, 1);
  assert.equal(at(terminal, '.spec.replicas'), '2');
  assert.equal(terminal.type(apply('three.yaml', 'me', ' --force-conflicts')).exit, 0);
  assert.equal(at(terminal, '.spec.replicas'), '3');
  assert.equal(terminal.type(apply('web.yaml')).err, conflict('"me"', '.spec.replicas'));
});

test('server-side apply: several conflicts are listed by manager', () => {
  const terminal = new Terminal(FILES).do(apply('web.yaml', 'a')).settle().do('kubectl scale deploy web --replicas=4');
  terminal.do('kubectl set image deploy/web web=web:7');
  const { err } = terminal.type(apply('three.yaml', 'b'));
  assert.ok(
    err.startsWith(
      'error: Apply failed with 2 conflicts: conflicts with "kubectl" with subresource "scale" using apps/v1:\n- .spec.replicas\n' +
        'conflicts with "kubectl-set" using apps/v1:\n- .spec.template.spec.containers[name="web"].image\n',
    ),
    err,
  );
});

test('server-side apply: who leaves replicas out keeps what the autoscaler or a person set', () => {
  const terminal = new Terminal(FILES)
    .do(apply('bare.yaml', 'ci'))
    .settle()
    .do('kubectl scale deploy web --replicas=4')
    .settle();
  assert.equal(terminal.type(apply('image.yaml', 'ci')).exit, 0);
  assert.equal(at(terminal, '.spec.replicas'), '4');
  assert.equal(at(terminal, '.spec.template.spec.containers[0].image'), 'web:2');
  assert.deepEqual(managers(terminal), ['ci/Apply', 'kube-controller-manager/Update', 'kubectl/Update/scale']);
});

test('server-side apply: a field that its only manager no longer applies goes, and falls back to its default', () => {
  const terminal = new Terminal(FILES).do(apply('three.yaml', 'ci')).settle();
  terminal.do(apply('bare.yaml', 'ci'));
  assert.equal(at(terminal, '.spec.replicas'), '1');
});

test('server-side apply: a field with two managers stays when one of them lets it go', () => {
  const terminal = new Terminal(FILES).do(apply('three.yaml', 'a'), apply('three.yaml', 'b'), apply('bare.yaml', 'a'));
  assert.equal(at(terminal, '.spec.replicas'), '3');
  terminal.do(apply('bare.yaml', 'b'));
  assert.equal(at(terminal, '.spec.replicas'), '1');
});

test('server-side apply: elements of a list belong to who applied them, by their keys', () => {
  const terminal = new Terminal(FILES).do(apply('one.yaml', 'a'), apply('two.yaml', 'b'));
  assert.equal(at(terminal, '.spec.ports[*].port', 'svc web'), '80 81');
  terminal.do(apply('none.yaml', 'a'));
  assert.equal(at(terminal, '.metadata.labels', 'svc web'), '');
  assert.equal(terminal.type(apply('two.yaml', 'a')).exit, 0);
  assert.equal(at(terminal, '.spec.ports[*].port', 'svc web'), '81');
});

test('server-side apply: an object that no manager is known of is managed by before-first-apply', () => {
  const terminal = new Terminal({
    ...FILES,
    'api.yaml': service('[{port: 443, name: api}]').replace('name: web', 'name: kubernetes'),
  });
  assert.match(
    terminal.type(apply('api.yaml')).err,
    /conflicts? with "before-first-apply" using v1: .*\.spec\.(ports|selector)/s,
  );
});

test('server-side apply: what client-side apply managed moves to the applier, so that leaving it out removes it', () => {
  const terminal = new Terminal(FILES).do('kubectl apply -f three.yaml').settle().do(apply('three.yaml'));
  assert.deepEqual(
    managers(terminal).filter((name) => name.startsWith('kubectl')),
    ['kubectl/Apply'],
  );
  terminal.do(apply('bare.yaml'));
  assert.equal(at(terminal, '.spec.replicas'), '1');
});

test('server-side apply: is refused with the words of the typed patch, and tried out by a dry run', () => {
  const terminal = new Terminal(FILES);
  assert.match(
    terminal.type(apply('typo.yaml')).err,
    /^Error from server: failed to create typed patch object \(default\/web; apps\/v1, Kind=Deployment\): \.spec\.replica: field not declared in schema\n$/,
  );
  assert.match(terminal.type(apply('keyless.yaml')).err, /an element that omits key field "port"/);
  assert.equal(
    terminal.type(apply('one.yaml', '', ' --dry-run=server')).out,
    'service/web serverside-applied (server dry run)\n',
  );
  assert.equal(terminal.type('kubectl get svc web').exit, 1);
  assert.match(terminal.type(apply('one.yaml', '', ' --dry-run=client')).err, /doesn't work with --server-side/);
});

test('server-side apply: controllers’ objects carry no list, whatever happens to them', () => {
  const terminal = new Terminal(FILES).do('kubectl apply -f web.yaml').settle();
  for (const object of ['rs', 'pods', 'nodes'])
    assert.equal(terminal.type(`kubectl get ${object} -o jsonpath='{.items[*].metadata.managedFields}'`).out, '');
});
