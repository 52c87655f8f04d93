// Astro's view of content/. The shapes are those of the book (src/book/schema.ts), so a file is valid for both or for neither.
import { defineCollection } from 'astro:content';
import { glob } from 'astro/loaders';
import { frontmatter } from './book/schema.ts';

/** Id: `<slug>/<lang>`. */
const concepts = defineCollection({
  loader: glob({
    base: './content/concepts',
    pattern: '*/{en,zh}.mdx',
    generateId: ({ entry }) => entry.replace(/\.mdx$/, ''),
  }),
  schema: frontmatter,
});

export const collections = { concepts };
