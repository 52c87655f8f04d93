// What the book hands to the search: its sections, the glossary's words, how they are spelled, and what they mean.
import type { SearchSource, TermAnswer } from '../search/file.ts';
import type { SearchLang } from '../search/section.ts';
import type { Book } from './book.ts';
import { sectionsOf, synonymsOf } from './derive.ts';
import { spellingsOf } from './spelling.ts';

export function searchSourceOf(book: Book): SearchSource {
  const synonyms = synonymsOf(book);
  return {
    sections: sectionsOf(book),
    synonyms,
    spellings: spellingsOf(synonyms.flatMap((synonym) => synonym.zh)),
    answers: { en: answersOf(book, 'en'), zh: answersOf(book, 'zh') },
  };
}

function answersOf(book: Book, lang: SearchLang): Record<string, TermAnswer> {
  const other = lang === 'en' ? 'zh' : 'en';
  return Object.fromEntries(
    [...book.glossary.entries].map(([id, entry]) => {
      const [slug, section] = entry.page.split('#');
      const written = book.concepts.some((concept) => concept.slug === slug && concept.pages[lang]);
      const href = written ? `/${lang}/concepts/${slug}/${section ? `#${section}` : ''}` : `/${lang}/glossary/#${id}`;
      return [id, { word: entry[lang], other: entry[other], means: entry.means[lang], href }];
    }),
  );
}
