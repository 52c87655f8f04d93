// What a field of a manifest means: our own sentence from content/fields.yaml where there is one, else the first sentence of
// upstream's comment as the package kubernetes-types carries it. Read at build time only.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Field {
  readonly type: string;
  readonly doc: string;
}

interface Module {
  readonly interfaces: ReadonlyMap<string, ReadonlyMap<string, Field>>;
  /** Imported name → path of its module, such as `core/v1`. */
  readonly imports: ReadonlyMap<string, string>;
}

const folder = dirname(createRequire(import.meta.url).resolve('kubernetes-types/package.json'));
const modules = new Map<string, Module>();

function parseModule(text: string): Module {
  const interfaces = new Map<string, Map<string, Field>>();
  const imports = new Map<string, string>();
  let open: Map<string, Field> | undefined;
  let doc = '';
  for (const line of text.split('\n')) {
    const imported = /^import \{ (.+) \} from "\.\.\/(.+)";/.exec(line);
    for (const name of imported?.[1]?.split(', ') ?? []) imports.set(name, imported?.[2] ?? '');
    const name = /^export interface (\w+)/.exec(line)?.[1];
    if (name) {
      open = new Map();
      interfaces.set(name, open);
    }
    const comment = /^\s+\/\*\* (.*) \*\/$/.exec(line)?.[1];
    if (comment !== undefined) doc = comment;
    const field = /^ {4}(?:readonly )?"?([\w$-]+)"?\??: (.+?);?$/.exec(line);
    if (field && open) open.set(field[1] ?? '', { type: field[2] ?? '', doc });
    if (field) doc = '';
  }
  return { interfaces, imports };
}

function moduleAt(path: string): Module | undefined {
  if (!modules.has(path)) {
    try {
      modules.set(path, parseModule(readFileSync(join(folder, `${path}.d.ts`), 'utf8')));
    } catch {
      return undefined;
    }
  }
  return modules.get(path);
}

/** `apps/v1` → `apps/v1`, `v1` → `core/v1`, `policy/v1` → `policy/v1`, `discovery.k8s.io/v1` → `discovery/v1`. */
const pathOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.replace(/^([^./]+)[^/]*/, '$1') : `core/${apiVersion}`;

/** Keys that say the same in every kind; content/fields.yaml explains them once, under `Object`. */
const common = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status']);

export interface FoundField {
  /** `DeploymentSpec.replicas`: what content/fields.yaml calls it. */
  readonly id: string;
  /** Upstream's words, the first sentence or two. */
  readonly doc: string;
}

/** One sentence, or two if the first is very short; links and Go's habit of starting with the field's name are cut. */
function opening(doc: string): string {
  const clean = doc.replace(/More info: \S+/g, '').trim();
  const sentences = clean.split(/(?<=[.)])\s+(?=[A-Z])/);
  const first = sentences[0] ?? '';
  return (first.length < 40 && sentences[1] ? `${first} ${sentences[1]}` : first).slice(0, 240);
}

/** The field at `path` of an object of this kind; indexes of lists are left out of the path. Undefined inside free maps. */
export function fieldAt(apiVersion: string, kind: string, path: readonly string[]): FoundField | undefined {
  let at = pathOf(apiVersion);
  let type = kind;
  let found: FoundField | undefined;
  for (const key of path) {
    const module = moduleAt(at);
    const owner = type.replace(/^Array<(.+)>$/, '$1');
    const from = module?.imports.get(owner);
    if (from) at = from;
    const field = moduleAt(at)?.interfaces.get(owner)?.get(key);
    if (!field) return undefined;
    found = { id: common.has(key) && owner === kind ? `Object.${key}` : `${owner}.${key}`, doc: opening(field.doc) };
    type = field.type;
  }
  return found;
}
