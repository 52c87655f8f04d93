// The book: everything under content/ as one value, read once. The site, the deck, the search index and the tests start here.
// Nothing is thrown for a mistake of an author: it stands in `problems`, and checks.ts adds what only the whole can show.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'astro/zod';
import type { Lang } from '../review/card.ts';
import { type Page, readPage } from './page.ts';
import type { Problem } from './problem.ts';
import { check, type Entries, parseYaml, readEntries } from './read.ts';
import * as schema from './schema.ts';

export interface Concept {
  readonly slug: string;
  readonly number: number;
  readonly part: schema.Planned['part'];
  /** A page that is missing or unreadable is absent; `problems` say so. */
  readonly pages: Readonly<Partial<Record<Lang, Page>>>;
}

export interface Book {
  readonly root: string;
  /** Every concept, written or to come, in reading order. */
  readonly plan: readonly schema.Planned[];
  /** The written ones, by number. */
  readonly concepts: readonly Concept[];
  readonly glossary: Entries<schema.Term>;
  readonly errata: Entries<schema.Erratum>;
  readonly sources: Entries<schema.Source>;
  readonly notes: Entries<schema.NoteSet>;
  /** Our words on fields of manifests, by `Type.field`. */
  readonly fields: Entries<schema.Pair>;
  readonly entrances: schema.Entrances;
  /** What the simulator leaves out, in both languages. */
  readonly limits: readonly schema.Pair[];
  /** Rules of Kubernetes that the simulator does not follow, by id, with the reason. */
  readonly leftOut: Entries<schema.Pair>;
  readonly scenarios: ReadonlyMap<string, schema.ScenarioFile>;
  readonly problems: readonly Problem[];
}

const folder = (root: string, path: string): string[] =>
  existsSync(join(root, path)) ? readdirSync(join(root, path)).sort() : [];

function readPlan(root: string): { plan: schema.Planned[]; problems: readonly Problem[] } {
  const file = 'content/concepts.yaml';
  const checked = check(parseYaml(readFileSync(join(root, file), 'utf8'), file), z.array(schema.planned), file);
  return { plan: checked.value ?? [], problems: checked.problems };
}

function readLimits(root: string): { limits: schema.Pair[]; problems: readonly Problem[] } {
  const file = 'content/limits.yaml';
  if (!existsSync(join(root, file))) return { limits: [], problems: [] };
  const checked = check(parseYaml(readFileSync(join(root, file), 'utf8'), file), z.array(schema.pair), file);
  return { limits: checked.value ?? [], problems: checked.problems };
}

function readEntrances(root: string): { entrances: schema.Entrances; problems: readonly Problem[] } {
  const file = 'content/entrances.yaml';
  const checked = check(parseYaml(readFileSync(join(root, file), 'utf8'), file), schema.entrances, file);
  return { entrances: checked.value ?? { wishes: [], troubles: [] }, problems: checked.problems };
}

function readConcept(root: string, slug: string): { concept: Concept | undefined; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const pages: Partial<Record<Lang, Page>> = {};
  for (const lang of ['en', 'zh'] as const) {
    const file = `content/concepts/${slug}/${lang}.mdx`;
    if (!existsSync(join(root, file))) {
      problems.push({
        file,
        line: 0,
        fact: 'the page is missing in this language',
        mend: `Write it with the section ids, cards and labs of its twin.`,
      });
      continue;
    }
    const read = readPage(root, file);
    problems.push(...read.problems);
    if (read.page) pages[lang] = read.page;
  }
  const front = pages.en?.front ?? pages.zh?.front;
  return { concept: front ? { slug, number: front.number, part: front.part, pages } : undefined, problems };
}

function readScenarios(root: string): { scenarios: Map<string, schema.ScenarioFile>; problems: Problem[] } {
  const scenarios = new Map<string, schema.ScenarioFile>();
  const problems: Problem[] = [];
  for (const name of folder(root, 'content/scenarios').filter((file) => file.endsWith('.yaml'))) {
    const file = `content/scenarios/${name}`;
    const checked = check(parseYaml(readFileSync(join(root, file), 'utf8'), file), schema.scenario, file);
    problems.push(...checked.problems);
    if (checked.value) scenarios.set(name.replace(/\.yaml$/, ''), checked.value);
  }
  return { scenarios, problems };
}

function readBook(root: string): Book {
  const { plan, problems: planProblems } = readPlan(root);
  const read = folder(root, 'content/concepts').map((slug) => readConcept(root, slug));
  const glossary = readEntries(root, 'content/glossary.yaml', schema.term);
  const errata = readEntries(root, 'content/errata.yaml', schema.erratum);
  const sources = readEntries(root, 'content/sources.yaml', schema.source);
  const notes = readEntries(root, 'content/notes.yaml', schema.noteSet);
  const fields = readEntries(root, 'content/fields.yaml', schema.pair);
  const { limits, problems: limitProblems } = readLimits(root);
  const { entrances, problems: entranceProblems } = readEntrances(root);
  const leftOut = readEntries(root, 'content/left-out.yaml', schema.pair);
  const { scenarios, problems: scenarioProblems } = readScenarios(root);
  const problems = [
    ...planProblems,
    ...read.flatMap((each) => each.problems),
    ...[glossary, errata, sources, notes, fields, leftOut].flatMap((entries) => entries.problems),
    ...limitProblems,
    ...entranceProblems,
    ...scenarioProblems,
  ];
  const concepts = read.flatMap((each) => (each.concept ? [each.concept] : [])).sort((a, b) => a.number - b.number);
  return { root, plan, concepts, glossary, errata, sources, notes, fields, entrances, limits, leftOut, scenarios, problems };
}

/** Changes when any file under content/ does, so that a page saved in development is read again. */
function stampOf(root: string): string {
  const files = readdirSync(join(root, 'content'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => `${entry.name}${statSync(join(entry.parentPath, entry.name)).mtimeMs}`).join();
}

const cache = new Map<string, { stamp: string; book: Book; checkedAt: number }>();

/** The book under `root` (default: the present folder); looked at again after half a second, read again when a file has changed. */
export function loadBook(root: string = process.cwd()): Book {
  const known = cache.get(root);
  if (known && performance.now() - known.checkedAt < 500) return known.book;
  const stamp = stampOf(root);
  const book = known?.stamp === stamp ? known.book : readBook(root);
  cache.set(root, { stamp, book, checkedAt: performance.now() });
  return book;
}
