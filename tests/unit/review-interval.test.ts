// Intervals as they stand on a button, in both languages.

import assert from 'node:assert/strict';
import test from 'node:test';
import { daysOfMinutes } from '../../src/review/day.ts';
import { intervalText } from '../../src/ui/review/interval.ts';

const cases: { days: number; en: string; zh: string }[] = [
  { days: daysOfMinutes(1), en: '1 min', zh: '1 分' },
  { days: daysOfMinutes(59), en: '59 min', zh: '59 分' },
  { days: daysOfMinutes(90), en: '2 h', zh: '2 小时' },
  { days: 1, en: '1 d', zh: '1 天' },
  { days: 30, en: '30 d', zh: '30 天' },
  { days: 31, en: '1 mo', zh: '1 个月' },
  { days: 70, en: '2.3 mo', zh: '2.3 个月' },
  { days: 364, en: '12 mo', zh: '12 个月' },
  { days: 365, en: '1 y', zh: '1 年' },
  { days: 36_500, en: '100 y', zh: '100 年' },
];
for (const { days, en, zh } of cases) {
  test(`${days} days`, () => assert.deepEqual([intervalText(days, 'en'), intervalText(days, 'zh')], [en, zh]));
}
