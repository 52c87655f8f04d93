// The log as a file: what a reader is told about a damaged one, and that nothing whole in it is lost.

import assert from 'node:assert/strict';
import test from 'node:test';
import { formatLog, parseLog } from '../../src/review/file.ts';
import { mergeLogs, missingIn } from '../../src/review/merge.ts';
import { at, mark, review, set, undo, unknownEvent } from '../support/review.ts';

const first = review({ t: at(0) });
const log = [
  first,
  review({ t: at(1), card: '单例/键' }),
  undo(first.id, at(2)),
  mark('flag', 'p/a', at(3)),
  set('newPerDay', 7, at(4)),
  unknownEvent(at(5)),
];
const text = formatLog(log);
const lines = text.trimEnd().split('\n');
const withLine = (at: number, line: string) => lines.map((held, i) => (i === at ? line : held)).join('\n');
const changed = (field: string, value: unknown) => withLine(1, JSON.stringify({ ...first, [field]: value }));

test('export and import give the same events and the same bytes', () => {
  const parsed = parseLog(text);
  assert.deepEqual(parsed, { events: log, problems: [] });
  assert.equal(formatLog(parsed.events), text);
});

test('order of lines, line ends of Windows and a byte order mark do not matter', () => {
  const shuffled = `\uFEFF${[lines[0], ...lines.slice(1).reverse()].join('\r\n')}`;
  assert.equal(formatLog(parseLog(shuffled).events), text);
});

const cases: { name: string; file: string; code: string; line: number; found: RegExp; whole: number }[] = [
  { name: 'an empty file', file: ' \n', code: 'empty', line: 1, found: /^$/, whole: 0 },
  { name: 'another file', file: '<!doctype html>', code: 'not-a-log', line: 1, found: /doctype/, whole: 0 },
  {
    name: 'a file of a later version',
    file: withLine(0, '{"format":"ordinal-review-log","version":9}'),
    code: 'newer-version',
    line: 1,
    found: /9/,
    whole: 0,
  },
  { name: 'cut in the middle of a line', file: text.slice(0, -20), code: 'not-json', line: 7, found: /hologram|id/, whole: 5 },
  { name: 'cut between two lines', file: lines.slice(0, -2).join('\n'), code: 'cut-off', line: 5, found: /4 \/ 6/, whole: 4 },
  {
    name: 'a line that is not an event',
    file: withLine(2, '[1,2]'),
    code: 'not-an-event',
    line: 3,
    found: /\[1,2\]/,
    whole: 5,
  },
  { name: 'no id', file: changed('id', 7), code: 'bad-id', line: 2, found: /id: 7/, whole: 5 },
  { name: 'no time', file: changed('t', 'yesterday'), code: 'bad-time', line: 2, found: /t: "yesterday"/, whole: 5 },
  {
    name: 'an offset no clock has',
    file: changed('utcOffsetMin', 5000),
    code: 'bad-time',
    line: 2,
    found: /utcOffsetMin: 5000/,
    whole: 5,
  },
  {
    name: 'a rating that does not exist',
    file: changed('rating', 5),
    code: 'bad-field',
    line: 2,
    found: /rating: 5/,
    whole: 5,
  },
  { name: 'a missing card', file: changed('card', undefined), code: 'bad-field', line: 2, found: /card: –/, whole: 5 },
];
for (const { name, file, code, line, found, whole } of cases) {
  test(`damaged: ${name}`, () => {
    const parsed = parseLog(file);
    assert.equal(parsed.problems.length, 1);
    assert.deepEqual([parsed.problems[0]!.code, parsed.problems[0]!.line], [code, line]);
    assert.match(parsed.problems[0]!.found, found);
    assert.equal(parsed.events.length, whole, 'the whole lines are kept');
  });
}

test('an import appends what is missing, once', () => {
  assert.deepEqual(missingIn(log.slice(0, 3), [...log, ...log]), log.slice(3));
  assert.deepEqual(mergeLogs(log, log), log);
});
