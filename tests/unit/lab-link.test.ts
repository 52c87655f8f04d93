import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkError, packState, unpackState } from '../../src/ui/lab/link.ts';

const state = {
  version: 1,
  scenario: 'deploy-one-replica',
  inputs: [{ atMs: 4146, step: 3, input: { run: "kubectl label pod -l app=web note='两个字'" } }],
  atMs: 9000,
  step: 5,
};
const packed = packState(state);

test('a state comes back as it was, in characters that need no escape in a fragment', () => {
  assert.deepEqual(unpackState(packed), state);
  assert.match(packed, /^[\w-]+$/);
});

test('wherever a link is cut, it is found out', () => {
  for (let length = 0; length < packed.length; length++)
    assert.throws(() => unpackState(packed.slice(0, length)), LinkError, `cut to ${length}`);
});

test('whichever character is changed, it is found out', () => {
  for (let at = 0; at < packed.length; at++) {
    const other = packed[at] === 'A' ? 'Q' : 'A';
    const changed = packed.slice(0, at) + other + packed.slice(at + 1);
    // The last character carries bits that belong to no byte.
    if (at === packed.length - 1) continue;
    assert.throws(() => unpackState(changed), LinkError, `changed at ${at}`);
  }
});

for (const text of ['', '1', 'hello world', '2abc', '1!!!!']) {
  test(`${JSON.stringify(text)} is no link`, () => assert.throws(() => unpackState(text), LinkError));
}
