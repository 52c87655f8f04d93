// Where a page lives, read from its path.
import type { Lang } from '../review/card.ts';

/** `content/concepts/<slug>/<lang>.mdx` → its slug and language. */
export function placeOf(path: string): { slug: string; lang: Lang } | undefined {
  const match = /concepts\/([^/]+)\/(en|zh)\.mdx$/.exec(path);
  return match ? { slug: match[1] ?? '', lang: match[2] as Lang } : undefined;
}

/** The concept page a link leads to: `../recreate/#when` from another page, or the whole address. Undefined for any other link. */
export function conceptOf(href: string): { slug: string; section: string } | undefined {
  const found = /^(?:\.\.|\/(?:en|zh)\/concepts)\/([a-z0-9-]+)\/(?:#(.+))?$/.exec(href);
  return found ? { slug: found[1] ?? '', section: found[2] ?? '' } : undefined;
}
