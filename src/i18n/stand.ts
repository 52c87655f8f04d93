// Words for where a card stands, in both languages. Apart from the rest of the review, because concept pages show them too.
import type { Twin } from './twins.ts';

/** Where a card stands, on the deck page. */
export const standWords = {
  new: ['new', '新卡'],
  learning: ['learning', '学习中'],
  dueNow: ['due', '到期'],
  dueIn: ['in {interval}', '{interval}后'],
  suspended: ['suspended', '已暂停'],
  buried: ['not today', '今天不看'],
  flagged: ['flagged', '已标记'],
  leech: ['forgotten {n} times', '忘了{n}次'],
  changed: ['changed', '改动过'],
  cards: ['{n} card|{n} cards', '{n}张'],
  filter: ['Show', '显示'],
  all: ['All', '全部'],
  gone: [
    '{n} card of your log is no longer in the deck. Its reviews are kept.|{n} cards of your log are no longer in the deck. Their reviews are kept.',
    '复习记录里有{n}张卡已不在卡片组中，记录仍然保留。',
  ],
} as const satisfies Record<string, Twin>;

/** Intervals, as on the rating buttons. */
export const intervalWords = {
  minutes: ['{n} min', '{n} 分'],
  hours: ['{n} h', '{n} 小时'],
  days: ['{n} d', '{n} 天'],
  months: ['{n} mo', '{n} 个月'],
  years: ['{n} y', '{n} 年'],
} as const satisfies Record<string, Twin>;
