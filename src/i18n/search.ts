// Words of the search.
import type { Twin } from './twins.ts';

export const searchWords = {
  search: ['Search', '搜索'],
  placeholder: ['A word, a field, a question', '词、字段名，或者一个问题'],
  close: ['Close', '关闭'],
  results: ['Results', '结果'],
  nothing: ['Nothing found for “{query}”', '没有找到「{query}」'],
  nothingNext: ['Try fewer words, the other language, or the name of a field.', '少写几个词，换一种语言，或者输入字段名试试。'],
  found: ['{n} result|{n} results', '{n}个结果'],
  loading: ['Loading the index', '正在加载索引'],
  failed: ['The search index did not arrive. Check the connection, then try again.', '搜索索引没有取到。检查网络后再试一次。'],
  retry: ['Try again', '再试一次'],
  recent: ['Searched before', '最近搜过'],
  term: ['Term', '术语'],
  openTerm: ['Read where it is explained', '去看讲它的那一节'],
  lab: ['Lab', '实验'],
  choose: ['choose', '选择'],
  open: ['open', '打开'],
  intro: [
    'Concepts, labs and terms, in English and Chinese. Abbreviations, field names and pinyin work too.',
    '概念、实验和术语，中文英文都能搜。缩写、字段名和拼音也行。',
  ],
  withoutScript: ['Searching needs JavaScript. All concepts are listed here:', '搜索要用到JavaScript。全部概念列在这里：'],
} as const satisfies Record<string, Twin>;
