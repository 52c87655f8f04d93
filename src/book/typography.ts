// The house rules of Chinese typography as a check: no typed space between Han and Latin,
// full-width punctuation in Chinese, 「」 for quotes, no bold that Markdown would print as asterisks, one paragraph on one line.

const han = String.raw`\p{Script=Han}`;
const fullWidth = '，。：；？！（）、「」『』《》——……';

interface Rule {
  readonly fact: string;
  readonly mend: string;
  readonly pattern: RegExp;
}

const rules: readonly Rule[] = [
  {
    fact: 'a space stands between Han and Latin',
    mend: 'Remove it: the browser draws the space.',
    pattern: new RegExp(`${han} +[\\w\`<]|[\\w\`>] +${han}`, 'u'),
  },
  {
    fact: 'a space stands beside full-width punctuation',
    mend: 'Remove it.',
    pattern: new RegExp(`[${fullWidth}] +\\S|\\S +[，。：；？！）、」』》]`, 'u'),
  },
  {
    fact: 'half-width punctuation follows Han',
    mend: 'Use ，。：；？！（）.',
    pattern: new RegExp(`${han}[,;:?!()]|[()]${han}|${han}\\.(?![\\w])`, 'u'),
  },
  {
    fact: 'curly or straight quotation marks stand in Chinese',
    mend: 'Use 「」.',
    pattern: new RegExp(`[“”"]${han}|${han}[“”"]`, 'u'),
  },
  {
    fact: 'a range is written with - or ~',
    mend: 'Write 40～60.',
    pattern: new RegExp(`${han}\\d+ ?[-~] ?\\d+${han}|\\d+~\\d+`, 'u'),
  },
  { fact: 'three dots stand in Chinese', mend: 'Write ……', pattern: new RegExp(`${han}\\.\\.\\.`, 'u') },
];

/** Pairs of `**`, one after the other; bold is lost when an edge inside is punctuation and Han stands right outside. */
function lostBold(text: string): Slip[] {
  const outside = new RegExp(han, 'u');
  const edge = new RegExp(`[${fullWidth}]`, 'u');
  const found = [...text.matchAll(/\*\*([^*\n]+)\*\*/g)].find((bold) => {
    const inner = bold[1] ?? '';
    const after = text[bold.index + bold[0].length] ?? '';
    const before = text[bold.index - 1] ?? '';
    return (edge.test(inner.slice(-1)) && outside.test(after)) || (edge.test(inner[0] ?? '') && outside.test(before));
  });
  const mend = 'Write <strong>…</strong>, or put the bracket outside.';
  return found ? [{ fact: 'bold touches punctuation and would print its asterisks', mend, found: found[0] }] : [];
}

export interface Slip {
  readonly fact: string;
  readonly mend: string;
  /** The place, with a few characters around it. */
  readonly found: string;
}

/** The first slip of each kind in one line of Chinese text. Code in backticks is left out of sight; so are English quotations. */
export function slipsOf(line: string): Slip[] {
  if (!new RegExp(han, 'u').test(line)) return [];
  const text = line.replace(/`[^`]*`/g, '`c`');
  const slips = rules.flatMap(({ fact, mend, pattern }) => {
    const at = pattern.exec(text);
    return at ? [{ fact, mend, found: text.slice(Math.max(0, at.index - 6), at.index + at[0].length + 6) }] : [];
  });
  return [...slips, ...lostBold(text)];
}

/** The lines of a page that are running text: no frontmatter, fences, table rules or tags on a line of their own. */
export function proseLines(source: string): { line: number; text: string }[] {
  const lines = source.split('\n');
  let inFront = lines[0] === '---';
  let inFence = false;
  return lines.flatMap((text, index) => {
    if (index > 0 && inFront && text === '---') {
      inFront = false;
      return [];
    }
    if (/^```/.test(text)) inFence = !inFence;
    if (inFront || inFence || /^```|^\s*$/.test(text)) return [];
    return [{ line: index + 1, text: text.replace(/\s*\{#[\w-]+\}$/, '') }];
  });
}

/** Text of a line with tags, table bars and Markdown marks taken away, so that only words and their spaces are judged. */
const wordsOnly = (text: string): string =>
  text
    .replace(/<Term[^>]*\/>/g, '词')
    .replace(/<\/?[A-Z]\w*(?:\s[^>]*)?>/g, '')
    .replace(/^#+ |^[-*] |^\d+\. /, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');

/** A paragraph on two lines leaves a gap between Han characters. */
export function brokenParagraphs(source: string): number[] {
  const prose = proseLines(source);
  return prose
    .filter(({ line, text }, index) => {
      const before = prose[index - 1];
      if (!before || before.line !== line - 1) return false;
      return new RegExp(`${han}|[${fullWidth}]`, 'u').test(before.text.slice(-1)) && /^[^\s|<#>*-]/.test(text);
    })
    .map(({ line }) => line);
}

/** The slips of one line of a page; the cells of a table row are judged one by one. */
export const slipsOfLine = (text: string): Slip[] =>
  (text.startsWith('|') ? text.split('|').map((cell) => cell.trim()) : [text]).flatMap((part) => slipsOf(wordsOnly(part)));
