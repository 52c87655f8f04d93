// The rules of Kubernetes 1.36 that the simulator sets out to follow, by id: families and how many rules each has, numbered from 01.

const FAMILIES: Readonly<Record<string, number>> = {
  CTL: 15, // machinery that all controllers share
  STS: 51,
  RS: 11,
  DEP: 21,
  JOB: 27,
  CRON: 6,
  PDB: 9,
  DRAIN: 6,
  NODE: 17,
  POD: 20,
  SVC: 3,
  EPS: 6,
  DNS: 12,
  VOL: 16,
  LE: 11,
  SCH: 7,
  GC: 6,
  K: 19, // what kubectl prints
  VAL: 17, // what the API server refuses, and how
};

/** Every id, in order. */
export const RULES: readonly string[] = Object.entries(FAMILIES).flatMap(([family, count]) =>
  Array.from({ length: count }, (_, i) => `${family}-${String(i + 1).padStart(2, '0')}`),
);

/**
 * Ids at the beginning of the names of tests in a source: `test('STS-01 STS-02 ordinals …`, rows of tables that become names
 * (`name: 'VAL-03 …'`), and `rule: 'K-01'`.
 */
export function rulesNamedIn(source: string): ReadonlySet<string> {
  const named = new Set<string>();
  const names = source.matchAll(/['"`]((?:[A-Z]+-\d\d,? )*[A-Z]+-\d\d):? (?!=)[^'"`]|rule: ['"]([A-Z]+-\d\d)['"]/g);
  for (const [, list, one] of names) for (const [id] of (list ?? one ?? '').matchAll(/[A-Z]+-\d\d/g)) named.add(id);
  return named;
}
