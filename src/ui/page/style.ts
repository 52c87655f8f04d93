// The stylesheet of something that opens later. Importing CSS from a module that is loaded on demand would put it into every page that
// might open it; its address (`?url`) does not.

const loaded = new Map<string, Promise<void>>();

/**
 * Adds the stylesheet once; resolves when it applies, or when it could not be fetched. A page that has it already, through an import of
 * its own, shows that by the custom property `mark`, which the stylesheet sets on :root.
 */
export function loadStyle(href: string, mark: `--${string}`): Promise<void> {
  const known = loaded.get(href);
  if (known) return known;
  if (getComputedStyle(document.documentElement).getPropertyValue(mark) !== '') return Promise.resolve();
  const link = document.createElement('link');
  const done = new Promise<void>((resolve) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => resolve());
  });
  link.rel = 'stylesheet';
  link.href = href;
  document.head.append(link);
  loaded.set(href, done);
  return done;
}
