// The deck, taken from the pages: a marked passage is an answer, a blank hides a word, a prediction asks the engine, a glossary entry
// is a term and a pair, a correction asks what is wrong. Both languages of a card share one id and so one memory.
import { createHash } from 'node:crypto';
import type { Card, CardFace, CardKind, Lang } from '../review/card.ts';
import type { Book, Concept } from './book.ts';
import { valueAt } from './manifest.ts';
import type { Block, Page } from './page.ts';
import { escapeHtml, htmlOf, inlineHtml, type Wording } from './text.ts';
import { isJsx, walk } from './tree.ts';
import { erratumQuestion, gap, pairQuestion, refusedQuestion, termQuestion } from './words.ts';

/** What the deck asks of the engine (src/book/runs.ts); tests may hand in their own. */
export interface Engine {
  /** Which choice of a prediction is right, counted from 0. */
  answerOf(scenario: string, prediction: string): number;
  /** What the API answers to one of the scenario's files; '' when it is taken. */
  refusalOf(scenario: string, file: string): string;
}

/** Where only questions are shown, no engine is asked. */
export const silent: Engine = { answerOf: () => 0, refusalOf: () => '' };

type Faces = Readonly<Record<Lang, CardFace>>;
type Draft = Omit<Card, 'order' | 'title' | 'hash' | 'face'> & { readonly face: Partial<Record<Lang, CardFace>> };

const langs: readonly Lang[] = ['en', 'zh'];

/** How terms are printed in one language. */
export const wordingOf = (book: Book, lang: Lang): Wording => ({ term: (id) => book.glossary.entries.get(id)?.[lang] ?? id });

/** 8 hexadecimal digits that change whenever a reader would see a difference. */
export const hashOf = (face: CardFace): string =>
  createHash('sha256')
    .update(JSON.stringify([face.question, face.answer, face.choices ?? []]))
    .digest('hex')
    .slice(0, 8);

const passageHtml = (block: Block, wording: Wording): string =>
  block.node.children.map((child) => htmlOf(child, wording)).join('');

/** One face of each language in which `make` can make one. */
function faces(make: (lang: Lang) => CardFace | undefined): Partial<Record<Lang, CardFace>> {
  const made = langs.flatMap((lang) => {
    const face = make(lang);
    return face ? [[lang, face] as const] : [];
  });
  return Object.fromEntries(made);
}

/** The block of the same name and id in one language. */
function twin(concept: Concept, lang: Lang, block: Block): Block | undefined {
  const { id } = block.attributes;
  return concept.pages[lang]?.blocks.find((other) => other.name === block.name && other.attributes['id'] === id);
}

function recallCard(book: Book, concept: Concept, block: Block, id: string): Draft {
  const face = faces((lang) => {
    const own = twin(concept, lang, block);
    return (
      own && {
        question: `<p>${inlineHtml(own.attributes['question'] ?? '')}</p>`,
        answer: passageHtml(own, wordingOf(book, lang)),
      }
    );
  });
  return { id: `${concept.slug}/${id}`, kind: 'recall', href: `concepts/${concept.slug}/#${id}`, face };
}

/** Ids and contents of the blanks of one cloze, in the order of the text. */
function blanksOf(block: Block): Block['node'][] {
  return [...walk(block.node)].filter((node): node is Block['node'] => isJsx(node) && node.name === 'Blank');
}

const blankId = (node: Block['node']): string => {
  const found = node.attributes.find((each) => each.type === 'mdxJsxAttribute' && each.name === 'id');
  return typeof found?.value === 'string' ? found.value : '';
};

function clozeCards(book: Book, concept: Concept, block: Block, id: string): Draft[] {
  return blanksOf(block).map((blank) => {
    const key = blankId(blank);
    const face = faces((lang) => {
      const own = twin(concept, lang, block);
      const content = own && blanksOf(own).find((other) => blankId(other) === key);
      if (!own || !content) return undefined;
      const wording = wordingOf(book, lang);
      const hidden: Wording = { ...wording, blank: (other) => (other === key ? `<mark>${gap[lang]}</mark>` : undefined) };
      return {
        question: passageHtml(own, hidden).replace(/<mark>(?!\[…)(.*?)<\/mark>/g, '$1'),
        answer: `<p>${content.children.map((child) => htmlOf(child, wording)).join('')}</p>`,
      };
    });
    return { id: `${concept.slug}/${id}::${key}`, kind: 'cloze', href: `concepts/${concept.slug}/#${id}`, face };
  });
}

function predictCard(book: Book, concept: Concept, block: Block, id: string, engine: Engine): Draft | undefined {
  const scenario = block.attributes['scenario'] ?? '';
  const prediction = book.scenarios.get(scenario)?.lab?.predictions.find((each) => each.id === id);
  if (!prediction) return undefined;
  const answerIndex = engine.answerOf(scenario, id);
  const face = faces((lang) => ({
    question: `<p>${inlineHtml(prediction.ask[lang])}</p>`,
    choices: prediction.choices.map((choice) => inlineHtml(choice[lang])),
    answer: `<p><strong>${inlineHtml(prediction.choices[answerIndex]?.[lang] ?? '')}</strong></p><p>${inlineHtml(prediction.why[lang])}</p>`,
  }));
  return { id: `${concept.slug}/${id}`, kind: 'predict', href: `concepts/${concept.slug}/#${id}`, scenario, answerIndex, face };
}

function erratumCard(book: Book, concept: Concept, id: string): Draft | undefined {
  const entry = book.errata.entries.get(id);
  if (!entry) return undefined;
  const face = faces((lang) => ({
    question: `<p>${inlineHtml(erratumQuestion(entry.said[lang], entry.verdict, lang))}</p>`,
    answer: `<p>${inlineHtml(entry.fact[lang])}</p>`,
  }));
  const replay = entry.shown ? { scenario: entry.shown.scenario } : {};
  return { id: `${concept.slug}/${id}`, kind: 'erratum', href: `concepts/${concept.slug}/#${id}`, ...replay, face };
}

/**
 * A manifest with an id is a card. With `refused`, it asks what is wrong, and the API's own answer is on the back. With `blank`, it hides the
 * value of one field (`spec.serviceName`) and the back says it, with what the field means.
 */
function manifestCard(book: Book, concept: Concept, block: Block, id: string, engine: Engine): Draft | undefined {
  const { scenario = '', file = '', blank, refused } = block.attributes;
  const text = book.scenarios.get(scenario)?.files[file]?.trimEnd();
  if (text === undefined) return undefined;
  const hidden = blank === undefined ? undefined : valueAt(text, blank);
  if (!hidden && refused === undefined) return undefined;
  const refusal = refused === undefined ? '' : engine.refusalOf(scenario, file);
  const face = faces((lang) => {
    const own = twin(concept, lang, block);
    if (!own) return undefined;
    const asked = own.attributes['question'];
    const shown = hidden
      ? `${escapeHtml(text.slice(0, hidden.start))}<mark>${gap[lang]}</mark>${escapeHtml(text.slice(hidden.end))}`
      : escapeHtml(text);
    const meaning = hidden && (book.fields.entries.get(hidden.field?.id ?? '')?.[lang] ?? hidden.field?.doc);
    return {
      question: `<p>${inlineHtml(asked ?? refusedQuestion[lang])}</p><pre><code>${shown}</code></pre>`,
      answer: hidden
        ? `<p><code>${escapeHtml(text.slice(hidden.start, hidden.end))}</code></p>${meaning ? `<p>${inlineHtml(meaning)}</p>` : ''}`
        : `<pre><code>${escapeHtml(refusal)}</code></pre>`,
    };
  });
  return { id: `${concept.slug}/${id}`, kind: 'manifest', href: `concepts/${concept.slug}/#${id}`, scenario, face };
}

function draftsOfBlock(book: Book, concept: Concept, block: Block, engine: Engine): readonly (Draft | undefined)[] {
  const id = block.attributes['id'] ?? '';
  if (block.name === 'Recall') return [recallCard(book, concept, block, id)];
  if (block.name === 'Cloze') return clozeCards(book, concept, block, id);
  if (block.name === 'Predict') return [predictCard(book, concept, block, id, engine)];
  if (block.name === 'Erratum') return [erratumCard(book, concept, id)];
  if (block.name === 'Manifest' && id) return [manifestCard(book, concept, block, id, engine)];
  return [];
}

/** Whether the Chinese word keeps one of the English ones, as in “SRV记录”: whoever reads it has most of the other. */
const sharesAWord = (en: string, zh: string): boolean =>
  (zh.toLowerCase().match(/[a-z-]+/g) ?? []).some((word) => en.toLowerCase().split(' ').includes(word));

/** Term and pair of each entry whose home is this concept. Words that are alike in both languages make no pair. */
function glossaryDrafts(book: Book, concept: Concept): Draft[] {
  return [...book.glossary.entries].flatMap(([id, entry]) => {
    const [slug, section] = entry.page.split('#');
    if (slug !== concept.slug) return [];
    const href = `concepts/${slug}/#${section}`;
    const meaning = faces((lang) => ({
      question: `<p>${escapeHtml(termQuestion(entry[lang], lang))}</p>`,
      answer: `<p>${inlineHtml(entry.means[lang])}</p>`,
    }));
    const term: Draft = { id: `term/${id}`, kind: 'term', href, face: meaning };
    if (sharesAWord(entry.en, entry.zh)) return [term];
    const words = faces((lang) => ({
      question: `<p>${escapeHtml(pairQuestion(entry[lang], lang))}</p>`,
      answer: `<p>${escapeHtml(entry[lang === 'en' ? 'zh' : 'en'])}</p>`,
    }));
    return [term, { id: `pair/${id}`, kind: 'pair', href, face: words }];
  });
}

const isBoth = (face: Partial<Record<Lang, CardFace>>): face is Faces => langs.every((lang) => face[lang]);

/** A page to derive from when one language is missing: whichever stands. */
const anyPage = (concept: Concept): Page | undefined => concept.pages.en ?? concept.pages.zh;

/** The cards of one concept in page order, those of its terms last. A card without a twin is left out (checks.ts reports it). */
export function cardsOfConcept(book: Book, concept: Concept, engine: Engine): Card[] {
  const drafts = [
    ...(anyPage(concept)?.blocks ?? []).flatMap((block) => draftsOfBlock(book, concept, block, engine)),
    ...glossaryDrafts(book, concept),
  ];
  const title = Object.fromEntries(langs.map((lang) => [lang, concept.pages[lang]?.front.title ?? ''])) as Record<Lang, string>;
  return drafts.flatMap((draft, index) => {
    if (!draft || !isBoth(draft.face)) return [];
    const { face } = draft;
    return [
      { ...draft, order: concept.number * 1000 + index, title, face, hash: { en: hashOf(face.en), zh: hashOf(face.zh) } },
    ];
  });
}

/** All cards of the book, in page order. */
export const cardsOf = (book: Book, engine: Engine): Card[] =>
  book.concepts.flatMap((concept) => cardsOfConcept(book, concept, engine));

/** What the page lists: kind and question of each card that one of its blocks makes. No engine is asked. */
export function cardListOf(
  book: Book,
  concept: Concept,
  lang: Lang,
): { id: string; anchor: string; kind: CardKind; question: string }[] {
  return cardsOfConcept(book, concept, silent)
    .filter((card) => card.kind !== 'term' && card.kind !== 'pair')
    .map((card) => ({
      id: card.id,
      anchor: card.href.replace(/^.*#/, ''),
      kind: card.kind,
      question: card.face[lang].question.replace(/<pre>[\s\S]*/, ''),
    }));
}
