// Text → tokens. One tokeniser for building and for asking, so that the two can never disagree.
// Latin identifiers stay whole and also yield their parts (`volumeClaimTemplates` → volume, claim, template); runs of Han are
// cut by Intl.Segmenter when the index is built, and by the index's own vocabulary when a query is read, so that no browser's
// dictionary matters.

/** A piece of text: a Latin word or identifier, or a run of Han characters, with where it stands. */
export interface Piece {
  readonly kind: 'latin' | 'han';
  /** As written, NFKC-normalised. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An index term and how much it counts: parts of an identifier count less than the whole. */
export interface Token {
  readonly term: string;
  readonly weight: number;
}

const PIECES = /\p{Script=Han}+|[\p{Script=Latin}\p{N}]+(?:[._/:-][\p{Script=Latin}\p{N}]+)*/gu;
const LINKS = /[._/:-]/;
const LINKED_WEIGHT = 0.8;
const PART_WEIGHT = 0.45;
/** Hashes, generated names, addresses, times and long numbers: nobody searches for them, and each would be a term of its own. */
const JUNK =
  /^(?:[456789bcdf]{8,10}|[0-9a-f]{8,}|(?=.*\d)(?=.*[a-z])[bcdf-hj-np-tv-xz2-9]{5}|\d{5,}|\d+(?:[.:]\d+){2,}.*|\d+(?:\.\d+)?(?:ms|[smhd]))$/;

/** NFKC folds full-width letters and digits (ＰＶＣ → PVC). Offsets of pieces refer to the normalised text. */
export const normalize = (text: string): string => text.normalize('NFKC');

/** Cuts a normalised text into Latin words and runs of Han. */
export function piecesOf(text: string): Piece[] {
  return [...text.matchAll(PIECES)].map((match) => ({
    kind: /\p{Script=Han}/u.test(match[0]) ? 'han' : 'latin',
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Plural → singular, enough for English nouns: policies → policy, classes → class, replicas → replica. */
export function stem(word: string): string {
  if (word.length < 4 || /(?:ss|us|is)$/.test(word)) return word;
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:sses|xes|ches|shes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith('s') ? word.slice(0, -1) : word;
}

/** `spec.volumeClaimTemplates` → ['spec', 'volume', 'claim', 'template']; empty when there is only one part. */
export function partsOf(identifier: string): string[] {
  const parts = identifier
    .split(LINKS)
    .flatMap((word) => word.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/))
    .map((word) => stem(word.toLowerCase()))
    .filter((word) => word.length > 1);
  return parts.length > 1 ? parts : [];
}

/** The whole identifier, what dots and hyphens link in it, and the parts of camelCase; each term once, at its best weight. */
export function latinTokens(text: string): Token[] {
  const whole = stem(text.toLowerCase());
  const links = text.toLowerCase().split(LINKS);
  if (JUNK.test(whole)) return [];
  if (links.some((word) => JUNK.test(word)))
    return links.flatMap((word) => (links.length > 1 && word.length > 1 ? latinTokens(word) : []));
  const weights = new Map(partsOf(text).map((term) => [term, PART_WEIGHT]));
  if (LINKS.test(text))
    for (const word of text.toLowerCase().split(LINKS)) if (word.length > 1) weights.set(stem(word), LINKED_WEIGHT);
  weights.set(whole, 1);
  return [...weights].map(([term, weight]) => ({ term, weight }));
}

/** All tokens of a text. `segment` cuts a run of Han into words; see {@link buildSegmenter} and vocabulary segmentation in the query. */
export function tokensOf(text: string, segment: (run: string) => readonly string[]): Token[] {
  return piecesOf(normalize(text)).flatMap((piece) =>
    piece.kind === 'latin' ? latinTokens(piece.text) : segment(piece.text).map((term) => ({ term, weight: 1 })),
  );
}

/** Segmentation for building: the platform's dictionary, used on one machine only. */
export function buildSegmenter(): (run: string) => string[] {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
  return (run) => [...segmenter.segment(run)].map((part) => part.segment);
}

/**
 * Segmentation for asking: the fewest words of the vocabulary that cover the run, longer words first; characters that no word
 * covers stand alone. `known` tells whether the index holds a word, `begun` whether one begins so: the end of a query may be
 * half a word.
 */
export function segmentBy(
  known: (word: string) => boolean,
  begun: (word: string) => boolean,
  longest = 8,
): (run: string) => string[] {
  return (run) => {
    const chars = [...run];
    const best: { cost: number; length: number }[] = [{ cost: 0, length: 0 }];
    for (let end = 1; end <= chars.length; end++) {
      best[end] = { cost: best[end - 1]!.cost + (known(chars[end - 1]!) ? 1 : 2), length: 1 };
      for (let length = 2; length <= Math.min(longest, end); length++) {
        const cost = best[end - length]!.cost + 1;
        if (cost > best[end]!.cost) continue;
        const word = chars.slice(end - length, end).join('');
        if (known(word) || (end === chars.length && begun(word))) best[end] = { cost, length };
      }
    }
    const words: string[] = [];
    for (let end = chars.length; end > 0; end -= best[end]!.length)
      words.unshift(chars.slice(end - best[end]!.length, end).join(''));
    return words;
  };
}

const STOP = new Set(
  (
    'a an the of to in on at is are was be do does did how what why when which who where can could should would i my me it its this that these and or for with from by not no if so than then into ' +
    '的 了 是 在 和 与 吗 呢 吧 啊 我 你 它 他 什么 怎么 怎样 如何 为什么 为何 哪 哪些 哪个 哪里 谁 几个 多少 能 会 可以 要 就 都 也 还 又 把 被 给 让 这 那 一个 一下 有 才 只 再 不 没 没有 而 但 从 对 到 它们 我们 已经 还是 也是 就是 不是 都是 这个 那个 这样 这里 里 上 下 中 时 后 前 个 着 过 得 地 所以 因为 如果 不会 不能 一直'
  ).split(' '),
);

/** Question words and particles: dropped from a query that has anything else, and from running text, never from headings. */
export const isStopWord = (term: string): boolean => STOP.has(term);
