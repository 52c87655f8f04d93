// The shapes of everything under content/. The one place where frontmatter and YAML are validated: Astro's collections
// (src/content.config.ts) and the book read with the same schemas. Unknown keys are refused, so that a slip is found at once.
import { z } from 'astro/zod';

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id is lower-case words joined by -');
const unit = z.string().regex(/^(kp10|kp11|kp12|kia|hl|lab|art)-\d\d$/, 'a unit of the notes looks like kp10-07');
const place = z.string().regex(/^[a-z0-9-]+#[a-z0-9-]+$/, 'a place looks like page#section');
const words = z.string().trim().min(1);
/** A text in both languages. */
export const pair = z.strictObject({ en: words, zh: words });
export type Pair = z.infer<typeof pair>;

export const partNames = ['foundations', 'singleton', 'stateless', 'stateful', 'practice'] as const;

export const frontmatter = z.strictObject({
  number: z.number().int().min(0),
  title: words,
  question: words,
  summary: words,
  part: z.enum(partNames),
  patterns: z.array(id).default([]),
  sources: z.array(unit),
  needs: z.array(id),
  related: z.array(id).default([]),
  upstream: z.array(z.url()),
});
export type Frontmatter = z.infer<typeof frontmatter>;

/** One line of content/concepts.yaml: every concept of the book, written or to come. */
export const planned = z.strictObject({
  number: z.number().int().min(0),
  slug: id,
  part: z.enum(partNames),
  title: pair,
  question: pair,
  needs: z.array(id).default([]),
});
export type Planned = z.infer<typeof planned>;

/** content/entrances.yaml: ways into the book by wish and by trouble. */
export const entrances = z.strictObject({
  wishes: z.array(z.strictObject({ want: pair, see: z.array(id).min(1) })),
  troubles: z.array(z.strictObject({ trouble: pair, see: z.array(id).min(1) })),
});
export type Entrances = z.infer<typeof entrances>;

export const term = z.strictObject({
  en: words,
  zh: words,
  aliases: z
    .strictObject({ en: z.array(z.coerce.string()).default([]), zh: z.array(z.coerce.string()).default([]) })
    .default({ en: [], zh: [] }),
  /** Words for the same thing that the book does not use. */
  avoid: z.strictObject({ en: z.array(words).default([]), zh: z.array(words).default([]) }).default({ en: [], zh: [] }),
  means: pair,
  page: place,
});
export type Term = z.infer<typeof term>;

export const verdicts = ['wrong', 'too strong', 'outdated', 'incomplete'] as const;

export const erratum = z.strictObject({
  units: z.array(unit).min(1),
  verdict: z.enum(verdicts),
  page: place,
  said: pair,
  fact: pair,
  fair: pair.optional(),
  shown: z.strictObject({ scenario: id, step: id.optional(), look: pair }).optional(),
});
export type Erratum = z.infer<typeof erratum>;

export const source = z.union([place, z.strictObject({ 'left-out': pair })]);
export type Source = z.infer<typeof source>;

/** One set of notes: `units: 13` means kp10-01 … kp10-13. */
export const noteSet = z.strictObject({ units: z.number().int().positive(), title: pair });
export type NoteSet = z.infer<typeof noteSet>;

const predicate = z.record(z.string(), z.union([z.string(), z.number()]));
const input = z.record(z.string(), z.unknown());

/** What a lab adds to a recorded scenario: its words, predictions and goal. */
export const lab = z.strictObject({
  title: pair,
  narration: z.array(z.strictObject({ when: predicate, en: words, zh: words })).default([]),
  predictions: z
    .array(
      z.strictObject({
        id,
        stop: id,
        read: id,
        instead: z.record(z.string(), z.unknown()).optional(),
        ask: pair,
        choices: z.array(z.strictObject({ when: predicate, en: words, zh: words })).min(2),
        why: pair,
      }),
    )
    .default([]),
  goal: z
    .strictObject({
      ask: pair,
      check: predicate,
      without: z.array(z.string()).default([]),
      hints: z.array(pair).default([]),
      solutions: z.array(z.array(input)).default([]),
    })
    .optional(),
});
export type Lab = z.infer<typeof lab>;

/** The book reads a scenario only as far as pages need it; src/scenario parses and runs the whole. */
export const scenario = z.looseObject({
  name: id,
  title: words,
  files: z.record(z.string(), z.string()).default({}),
  steps: z.array(z.looseObject({ id: id.optional(), run: z.string().optional() })),
  lab: lab.optional(),
});
export type ScenarioFile = z.infer<typeof scenario>;

/** A rule of the engine in one sentence, for *why*; or what the simulator leaves out, and why. */
export const rule = z.looseObject({ en: words.optional(), zh: words.optional(), source: z.string().optional() });
export type Rule = z.infer<typeof rule>;

export const cardKinds = ['recall', 'cloze', 'predict', 'term', 'pair', 'erratum', 'manifest'] as const;

/** One line of content/cards.lock.json. */
export const lockedCard = z.strictObject({
  kind: z.enum(cardKinds),
  en: z.string().regex(/^[0-9a-f]{8}$/),
  zh: z.string().regex(/^[0-9a-f]{8}$/),
  since: z.iso.date(),
  aliases: z.array(z.string()).optional(),
  retired: z.boolean().optional(),
});
export type LockedCard = z.infer<typeof lockedCard>;
