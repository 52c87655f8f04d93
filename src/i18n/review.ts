// Words of the review, the deck and the settings, in both languages. A missing twin does not compile.

import type { Twin } from './twins.ts';

export const reviewWords = {
  today: ['Today', '今日复习'],
  todayAbout: ['The cards that are due today, then new ones in page order.', '先复习今天到期的卡片，再按页序学新卡。'],
  needsScript: [
    'The review runs in the browser and needs JavaScript. All cards can be read in the deck.',
    '复习在浏览器里运行，需要JavaScript。所有卡片都可以在卡片组里阅读。',
  ],
  deck: ['Deck', '卡片组'],
  deckAbout: ['All cards, page by page, with where you stand in each.', '全部卡片，按页排列，附上你对每张的掌握情况。'],
  settings: ['Settings', '设置'],
  settingsAbout: [
    'Options of the daily review; export and import of the review log.',
    '每日复习的选项，以及复习记录的导出和导入。',
  ],
  loading: ['Loading the deck', '正在加载卡片组'],
  deckFailed: [
    'The deck did not arrive ({why}). Nothing is lost: your reviews are kept in this browser.',
    '卡片组没有取到（{why}）。复习记录保存在这个浏览器里，没有丢。',
  ],
  tryAgain: ['Try again', '再试一次'],
  notKept: [
    'This browser does not let the page keep anything. Reviews last until this tab is closed: export them before, in Settings.',
    '这个浏览器不让网页保存数据。复习记录只留到关闭这个标签页为止：关之前请到设置里导出。',
  ],
  damagedParts: [
    '{n} stored part of the review log cannot be read. It was left as it is. Import your last export in Settings to fill the gap.|{n} stored parts of the review log cannot be read. They were left as they are. Import your last export in Settings to fill the gap.',
    '复习记录有{n}部分读不出来，已原样保留。到设置里导入最近一次导出的文件，就能补上。',
  ],
  notSaved: [
    'Not saved: the browser refused to store it ({why}). It does not count yet. Free some space, then do it again.',
    '没有保存：浏览器拒绝写入（{why}），所以还不算数。腾出一些空间后再做一次。',
  ],
  progress: ['Progress today', '今日进度'],
  left: ['{due}, {fresh}', '还剩{due}，{fresh}'],
  due: ['{n} due', '{n}张到期'],
  fresh: ['{n} new', '{n}张新卡'],
  showAnswer: ['Show answer', '显示答案'],
  space: ['Space', '空格'],
  answer: ['Answer', '答案'],
  question: ['Question', '问题'],
  rating: ['How well did you remember?', '评分'],
  again: ['Again', '重来'],
  hard: ['Hard', '困难'],
  good: ['Good', '良好'],
  easy: ['Easy', '容易'],
  key: ['key {key}', '按键{key}'],
  undo: ['Undo', '撤销'],
  bury: ['Not today', '今天不看'],
  suspend: ['Suspend', '暂停'],
  resume: ['Resume', '恢复'],
  flag: ['Flag', '标记'],
  undone: ['Taken back: the card is here again.', '已撤销，卡片回来了。'],
  buried: ['Comes back tomorrow.', '明天再看。'],
  suspendedNow: ['Suspended. Resume it in the deck.', '已暂停，可在卡片组里恢复。'],
  choose: ['Choices', '选项'],
  predict: ['Predict', '预测'],
  youPredicted: ['You predicted: ', '你预测：'],
  right: ['as it happened', '猜中了'],
  wrong: ['it went otherwise', '没猜中'],
  replay: ['Replay', '重放'],
  replayFailed: ['The lab did not load. Open it on its own page.', '实验没有加载成功，请在单独的页面里打开。'],
  openLab: ['Open full lab', '打开完整实验'],
  changed: ['changed since you learnt it', '学过之后改动过'],
  leech: [
    'You have forgotten this card {n} times. Read its passage again, or suspend it.',
    '这张卡你已经忘了{n}次。重读一遍原文，或者暂停它。',
  ],
  cardsInChinese: ['Show cards in Chinese', '用中文显示卡片'],
  cardsInEnglish: ['Show cards in English', '用英文显示卡片'],
  done: ['Done for today', '今天的复习做完了'],
  nothingYet: ['Nothing is due', '现在没有到期的卡片'],
  reviewed: ['{n} card reviewed|{n} cards reviewed', '复习了{n}张'],
  tomorrow: ['Tomorrow', '明天'],
  heldBack: [
    '{n} more is due, over today’s limit or beside a sibling; it comes tomorrow.|{n} more are due, over today’s limit or beside a sibling; they come tomorrow.',
    '还有{n}张到期，因为每日上限或同组卡片，留到明天。',
  ],
  waiting: ['The next card comes at {time}', '下一张在{time}'],
  nextPage: ['Next page: {title}', '下一页：{title}'],
  keepReading: ['Continue', '继续读'],
  pageDone: ['Done with this page', '这一页的卡片复习完了'],
  ofPage: ['Cards of', '这一页的卡片：'],
  allOfToday: ['All of today’s cards', '今天的全部卡片'],
  emptyDeck: ['The deck has no cards yet.', '卡片组里还没有卡片。'],
  pageStates: ['{due}, {fresh}', '{due}，{fresh}'],
} as const satisfies Record<string, Twin>;

export const kindWords = {
  recall: ['Recall', '问答'],
  cloze: ['Cloze', '填空'],
  predict: ['Predict', '预测'],
  term: ['Term', '术语'],
  pair: ['Word pair', '双语'],
  erratum: ['Erratum', '勘误'],
  manifest: ['Manifest', '清单'],
} as const satisfies Record<string, Twin>;

export const settingWords = {
  options: ['Options', '选项'],
  desiredRetention: ['Desired retention, %', '目标记住率，%'],
  desiredRetentionAbout: [
    'Share of due cards you want to remember. Higher means shorter intervals and more reviews.',
    '到期时你希望还记得的比例。越高，间隔越短，复习越多。',
  ],
  newPerDay: ['New cards a day', '每日新卡'],
  newPerDayAbout: ['Each new card costs about seven reviews in its first months.', '一张新卡在头几个月里大约要复习七次。'],
  reviewsPerDay: ['Reviews a day, at most', '每日复习上限'],
  reviewsPerDayAbout: [
    'Due cards over the limit wait; those you remember best come first.',
    '超出的到期卡片顺延，先复习记得最牢的。',
  ],
  rolloverHour: ['A study day starts at', '一天从几点开始'],
  rolloverHourAbout: [
    'Hour of your clock, 0 to 23. A review after midnight still belongs to the evening before.',
    '按你的时钟，0到23。过了午夜的复习仍算前一晚。',
  ],
  outOfBounds: [
    '{field}: {found} does not fit. Take a number from {min} to {max}.',
    '{field}：{found}不行，请填{min}到{max}之间的数。',
  ],
  save: ['Save options', '保存选项'],
  saved: ['Options saved.', '选项已保存。'],
  unchanged: ['Nothing was changed.', '没有改动。'],
  backup: ['Your review log', '你的复习记录'],
  events: ['{n} entry in the log|{n} entries in the log', '记录里有{n}条'],
  kept: ['Kept in this browser, protected from automatic cleaning.', '保存在这个浏览器里，不会被自动清理。'],
  keptLoosely: [
    'Kept in this browser, which may clean it up when space runs short. Export a copy now and then.',
    '保存在这个浏览器里，但空间不足时浏览器可能清掉它。请不时导出一份。',
  ],
  protect: ['Protect from cleaning', '防止被清理'],
  protectRefused: [
    'The browser refused for now. It agrees more readily once the site is installed or used often.',
    '浏览器暂时不同意。安装本站或常用之后，它会更愿意答应。',
  ],
  export: ['Export', '导出'],
  exportAbout: ['One file with every review, readable text inside gzip.', '一个文件，含全部复习记录，解压后是可读文本。'],
  exported: ['Exported: {name}', '已导出：{name}'],
  import: ['Import', '导入'],
  importAbout: [
    'Adds what this browser does not have yet. Nothing is replaced.',
    '补上这个浏览器还没有的记录，不会覆盖任何内容。',
  ],
  imported: ['{n} entry added.|{n} entries added.', '已加入{n}条。'],
  nothingNew: ['The file has nothing that is not here already.', '文件里的记录这里都已经有了。'],
  importWhole: ['Add the {n} entry that can be read|Add the {n} entries that can be read', '加入能读的{n}条'],
  discard: ['Leave it', '不导入'],
  problems: ['{file}: {n} problem|{file}: {n} problems', '{file}：{n}处问题'],
  atLine: ['Line {line}', '第{line}行'],
  moreProblems: ['and {n} more', '另有{n}处'],
  logUntouched: ['Your log is unchanged.', '你的复习记录没有变。'],
  damagedFile: [
    'The file is cut off or damaged: it cannot be unpacked. Copy or download it again, or take an older export.',
    '文件不完整或已损坏，无法解压。请重新复制或下载，或者用更早的导出文件。',
  ],
} as const satisfies Record<string, Twin>;

/** What is wrong, and what to do. `found` is shown behind it. */
export const fileProblemWords = {
  empty: ['The file is empty. Choose the file that Export made.', '文件是空的。请选择由「导出」生成的文件。'],
  'not-a-log': [
    'This is not a review log of Ordinal. Choose the file that Export made.',
    '这不是Ordinal的复习记录。请选择由「导出」生成的文件。',
  ],
  'newer-version': [
    'A later version of Ordinal made this file. Reload the site, then import it again.',
    '这个文件由更新版本的Ordinal生成。请刷新网站后再导入。',
  ],
  'cut-off': [
    'The file ends too early. Copy or download it again for the rest.',
    '文件没有结尾。要补全其余部分，请重新复制或下载。',
  ],
  'not-json': ['The line is not whole. Copy or download the file again.', '这一行不完整。请重新复制或下载文件。'],
  'not-an-event': [
    'The line is not an entry of a review log. Remove it, or take another export.',
    '这一行不是复习记录。请删掉它，或换一份导出文件。',
  ],
  'bad-id': ['The entry has no valid id. Take another export.', '这条记录没有有效的id。请换一份导出文件。'],
  'bad-time': ['The entry has no valid time. Take another export.', '这条记录没有有效的时间。请换一份导出文件。'],
  'bad-field': [
    'A field of the entry is missing or wrong. Take another export.',
    '这条记录缺少字段或字段有误。请换一份导出文件。',
  ],
} as const satisfies Record<string, Twin>;
