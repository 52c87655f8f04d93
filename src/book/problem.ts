// A complaint of the book has a place, a fact and a next step.

export interface Problem {
  /** Path from the root of the project. */
  readonly file: string;
  /** 1-based; 0 when the whole file is meant. */
  readonly line: number;
  readonly fact: string;
  readonly mend: string;
}

/** `content/concepts/scaling/zh.mdx:12: section “by-hand” has no English twin. Add it to …` */
export const formatProblem = ({ file, line, fact, mend }: Problem): string =>
  `${file}${line > 0 ? `:${line}` : ''}: ${fact}. ${mend}`;
