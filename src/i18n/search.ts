// Words of the search, in both languages. A missing twin does not compile.

export interface SearchWords {
  readonly search: string;
  readonly placeholder: string;
  readonly close: string;
  readonly results: string;
  readonly nothing: (query: string) => string;
  readonly nothingNext: string;
  readonly count: (hits: number, pages: number) => string;
  readonly loading: string;
  readonly failed: string;
  readonly retry: string;
  readonly recent: string;
  readonly term: string;
  readonly openTerm: string;
  readonly lab: string;
  readonly choose: string;
  readonly open: string;
  readonly all: string;
  readonly intro: string;
}

export const searchWords: Readonly<Record<'en' | 'zh', SearchWords>> = {
  en: {
    search: 'Search',
    placeholder: 'A word, a field, a question',
    close: 'Close',
    results: 'Results',
    nothing: (query) => `Nothing found for “${query}”`,
    nothingNext: 'Try fewer words, the other language, or the name of a field.',
    count: (hits, pages) => `${hits} ${hits === 1 ? 'result' : 'results'} on ${pages} ${pages === 1 ? 'page' : 'pages'}`,
    loading: 'Loading the index',
    failed: 'The search index did not arrive. Check the connection, then try again.',
    retry: 'Try again',
    recent: 'Searched before',
    term: 'Term',
    openTerm: 'Read where it is explained',
    lab: 'Lab',
    choose: 'choose',
    open: 'open',
    all: 'All results',
    intro: 'Concepts, labs and terms, in English and Chinese. Abbreviations, field names and pinyin work too.',
  },
  zh: {
    search: '搜索',
    placeholder: '词、字段名，或者一个问题',
    close: '关闭',
    results: '结果',
    nothing: (query) => `没有找到「${query}」`,
    nothingNext: '少写几个词，换一种语言，或者输入字段名试试。',
    count: (hits, pages) => `${pages}页里有${hits}个结果`,
    loading: '正在加载索引',
    failed: '搜索索引没有取到。检查网络后再试一次。',
    retry: '再试一次',
    recent: '最近搜过',
    term: '术语',
    openTerm: '去看讲它的那一节',
    lab: '实验',
    choose: '选择',
    open: '打开',
    all: '全部结果',
    intro: '概念、实验和术语，中文英文都能搜。缩写、字段名和拼音也行。',
  },
};
