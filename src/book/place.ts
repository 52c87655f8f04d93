// Where a page lives, read from its path.
import type { Lang } from '../review/card.ts';

/** `content/concepts/<slug>/<lang>.mdx` → its slug and language. */
export function placeOf(path: string): { slug: string; lang: Lang } | undefined {
  const match = /concepts\/([^/]+)\/(en|zh)\.mdx$/.exec(path);
  return match ? { slug: match[1] ?? '', lang: match[2] as Lang } : undefined;
}
