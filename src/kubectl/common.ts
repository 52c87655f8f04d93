// Flags that many commands share, in kubectl's words.

import type { Flag, Flags } from './flags.ts';

const text = (help: string, short?: string): Flag => ({ type: 'string', help, ...(short ? { short } : {}) });
const bool = (help: string, short?: string): Flag => ({ type: 'bool', help, ...(short ? { short } : {}) });

/** Accepted by every command (kubectl options). */
export const GLOBAL_FLAGS: Flags = {
  namespace: text('The namespace to work in', 'n'),
  help: bool('Help for this command', 'h'),
  'request-timeout': text('How long to wait for a single server request'),
};

export const SELECTOR: Flags = { selector: text('Label query, such as app=web,tier!=x', 'l') };
export const FIELD_SELECTOR: Flags = { 'field-selector': text('Field query, such as status.phase=Running') };
export const FILENAME: Flags = { filename: { type: 'string', short: 'f', help: 'A file that describes objects' } };
export const ALL_NAMESPACES: Flags = { 'all-namespaces': bool('Objects of all namespaces', 'A') };
export const ALL: Flags = { all: bool('All objects of the type in the namespace') };
export const OUTPUT: Flags = {
  output: text('json, yaml, name, wide, jsonpath=…, custom-columns=…', 'o'),
  'show-managed-fields': bool('Keep metadata.managedFields in json and yaml'),
};
export const DRY_RUN: Flags = {
  'dry-run': { type: 'string', bare: 'unchanged', help: 'none, server or client: only print what would be done' },
};
export const OVERWRITE: Flags = { overwrite: bool('Allow a value that is set to be changed') };
export const TIMEOUT = (help: string): Flags => ({ timeout: { type: 'duration', help } });

export { bool as boolFlag, text as textFlag };
