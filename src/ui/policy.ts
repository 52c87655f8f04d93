// What a page of ours may load: its own files and nothing else; no inline script, no inline style.
// The same text stands in a <meta> of each page (for any host) and in the header of our own server.

const rules = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'worker-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
} as const;

export const policy: string = Object.entries(rules)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

/** What only a header may say. */
export const headerPolicy: string = `${policy}; frame-ancestors 'none'`;
