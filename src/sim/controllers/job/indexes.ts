// Sets of completion indexes as ordered intervals, so that a million indexes cost no more than their gaps.
// Models pkg/controller/job/indexed_job_utils.go orderedIntervals, parseIndexesFromString (v1.36), rule JOB-23.

/** Ordered, not touching: `[[0, 2], [5, 5]]`. */
export type Indexes = readonly (readonly [first: number, last: number])[];

/** Reads `0-2,5`; what is at or above `completions` is cut off. */
export function parseIndexes(text: string | undefined, completions: number): Indexes {
  const spans = (text ?? '').split(',').flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    return match ? [[Number(match[1]), Math.min(Number(match[2] ?? match[1]), completions - 1)] as const] : [];
  });
  return union(
    [],
    spans.filter(([first, last]) => first <= last),
  );
}

/** JOB-23: `0-2,5`; a run of two is `1,2`. */
export function formatIndexes(indexes: Indexes): string {
  return indexes
    .map(([first, last]) => (last === first ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
    .join(',');
}

export function union(a: Indexes, b: Indexes): Indexes {
  const result: [number, number][] = [];
  for (const [first, last] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const end = result.at(-1);
    if (end && first <= end[1] + 1) end[1] = Math.max(end[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** The set with single indexes added. */
export const withIndexes = (set: Indexes, more: Iterable<number>) =>
  union(
    set,
    [...more].map((index) => [index, index] as const),
  );

export const countOf = (indexes: Indexes) => indexes.reduce((sum, [first, last]) => sum + last - first + 1, 0);
export const hasIndex = (indexes: Indexes, index: number) => indexes.some(([first, last]) => first <= index && index <= last);

/** How many indexes are in both. */
export function overlapOf(a: Indexes, b: Indexes): number {
  let count = 0;
  for (const [first, last] of a)
    for (const [from, to] of b) count += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
  return count;
}

/** JOB-08: the lowest `count` indexes below `completions` that are not in the set. */
export function lowestMissing(taken: Indexes, count: number, completions: number): readonly number[] {
  const result: number[] = [];
  let candidate = 0;
  for (const [first, last] of [...taken, [completions, completions] as const]) {
    while (candidate < Math.min(first, completions) && result.length < count) result.push(candidate++);
    candidate = Math.max(candidate, last + 1);
  }
  return result;
}
