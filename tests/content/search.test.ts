// The search on our own pages: every glossary word finds its own page, and the queries readers type find the right section.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { loadBook } from '../../src/book/book.ts';
import { searchSourceOf } from '../../src/book/search-source.ts';
import { searchedSections, searchFileOf } from '../../src/search/file.ts';
import { openIndex } from '../../src/search/index.ts';
import { createSearcher } from '../../src/search/ranking.ts';

const book = loadBook();
const langs = ['en', 'zh'] as const;
const source = searchSourceOf(book);
const files = { en: searchFileOf(source, 'en'), zh: searchFileOf(source, 'zh') };
const searchers = { en: createSearcher(openIndex(files.en.index)), zh: createSearcher(openIndex(files.zh.index)) };
const written = new Set(book.concepts.map((concept) => concept.slug));

describe('the search on our pages', () => {
  it('every glossary word and alias leads to its own page within three results, in both languages', () => {
    const missed: string[] = [];
    for (const [id, entry] of book.glossary.entries) {
      const page = entry.page.split('#')[0]!;
      if (!written.has(page)) continue;
      for (const lang of langs) {
        for (const word of [entry.en, entry.zh, ...entry.aliases.en, ...entry.aliases.zh]) {
          const pages = searchers[lang].search(word, 40).map((hit) => hit.record);
          const answered = searchers[lang].namedBy(word).includes(id);
          const first = [...new Set(pages.map((record) => record.href.split('#')[0]))].slice(0, 3);
          if (!answered && !first.some((href) => href?.includes(`/${page}/`)))
            missed.push(`${lang} “${word}” (${id}): ${first.join(' ')}`);
        }
      }
    }
    assert.deepEqual(missed, []);
  });

  it('the index weighs at most 0.6 × brotli(text) of its sections, and a first search at most 35 KB for 150 sections', () => {
    for (const lang of langs) {
      const text = searchedSections(source.sections, lang)
        .map((section) => `${section.heading}\n${section.text}`)
        .join('\n');
      const { terms, postings } = files[lang].index;
      const size = (value: string) => brotliCompressSync(value).length;
      assert.ok(size(terms + postings) <= 0.6 * size(text), `${lang}: index ${size(terms + postings)}, text ${size(text)}`);
      // It grows with the book: a section brings its postings, a word of the glossary its meaning, its other names and its spelling.
      const sections = searchedSections(source.sections, lang).length;
      const most = 35_000 + 235 * Math.max(0, sections - 150) + 75 * source.synonyms.length;
      const whole = size(JSON.stringify(files[lang]));
      assert.ok(
        whole <= most,
        `${lang}: ${whole} bytes for ${sections} sections and ${source.synonyms.length} words, at most ${most}`,
      );
    }
  });
});
