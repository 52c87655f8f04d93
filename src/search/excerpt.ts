// The few words of a section that show why it was found, with the matches marked. Plain data: the UI draws it.
import { latinTokens, normalize, piecesOf } from './tokens.ts';

/** A stretch of an excerpt; `hit` is true where a match is to be marked. */
export interface Stretch {
  readonly text: string;
  readonly hit: boolean;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Marks the terms in a whole text, a heading for example. */
export function markTerms(text: string, terms: readonly string[]): Stretch[] {
  return cut(text, 0, text.length, spansOf(text, terms));
}

/** The window of a text with most different terms in it, about `width` characters, cut at spaces or punctuation. */
export function excerptOf(text: string, terms: readonly string[], width: number): Stretch[] {
  const line = text.replace(/\s+/g, ' ');
  const spans = spansOf(line, terms);
  const from = windowStart(line, spans, width);
  const to = windowEnd(line, from + width);
  const stretches = cut(line, from, to, spans);
  return [
    ...(from > 0 ? [{ text: '… ', hit: false }] : []),
    ...stretches,
    ...(to < line.length ? [{ text: ' …', hit: false }] : []),
  ];
}

/** Where the terms stand. Normalised character by character, so that offsets hold in the text as written. */
function spansOf(text: string, terms: readonly string[]): Span[] {
  const normal = text.replace(/[^\x20-\x7e]/g, (char) => (normalize(char).length === 1 ? normalize(char) : char));
  const wanted = new Set(terms);
  const han = terms.filter((term) => /\p{Script=Han}/u.test(term));
  return piecesOf(normal).flatMap((piece): Span[] => {
    if (piece.kind === 'latin') return latinTokens(piece.text).some((token) => wanted.has(token.term)) ? [piece] : [];
    return han.flatMap((term) =>
      occurrences(piece.text, term).map((at) => ({ start: piece.start + at, end: piece.start + at + term.length })),
    );
  });
}

function occurrences(text: string, term: string): number[] {
  const found: number[] = [];
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + term.length)) found.push(at);
  return found;
}

function windowStart(text: string, spans: readonly Span[], width: number): number {
  let best = { start: 0, count: 0 };
  for (const span of spans) {
    const seen = new Set(
      spans
        .filter((other) => other.start >= span.start && other.end <= span.start + width * 0.8)
        .map((other) => text.slice(other.start, other.end).toLowerCase()),
    );
    if (seen.size > best.count) best = { start: span.start, count: seen.size };
  }
  const wished = Math.max(0, best.start - Math.floor(width * 0.2));
  if (wished === 0) return 0;
  const edge = text.slice(wished, best.start).search(/[\s，。；：、]/);
  return edge < 0 ? wished : wished + edge + 1;
}

/** Not in the middle of a Latin word. */
function windowEnd(text: string, wished: number): number {
  if (wished >= text.length) return text.length;
  const back = /[\w./:-]+$/.exec(text.slice(0, wished))?.[0].length ?? 0;
  return /[\w./:-]/.test(text[wished]!) && back < 20 ? wished - back : wished;
}

function cut(text: string, from: number, to: number, spans: readonly Span[]): Stretch[] {
  const inside = spans.filter((span) => span.end > from && span.start < to).sort((a, b) => a.start - b.start || b.end - a.end);
  const stretches: Stretch[] = [];
  let at = from;
  for (const span of inside) {
    if (span.end <= at) continue;
    const start = Math.max(at, span.start);
    if (start > at) stretches.push({ text: text.slice(at, start), hit: false });
    stretches.push({ text: text.slice(start, Math.min(to, span.end)), hit: true });
    at = Math.min(to, span.end);
  }
  if (at < to) stretches.push({ text: text.slice(at, to), hit: false });
  return stretches;
}
