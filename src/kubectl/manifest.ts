// Reads the manifests that `-f` names: YAML or JSON, several documents, with the complaints of go-yaml and of kubectl's builder.
// Models cli-runtime/pkg/resource/visitor.go (StreamVisitor), apimachinery/pkg/util/yaml/decoder.go and go-yaml's sentences.
// Differs: go-yaml's sentence is derived from what the yaml package found, so a rare mistake may be named differently.

import { type Document, parseAllDocuments, type Tags, type YAMLParseError } from 'yaml';
import { isRecord } from '../base/json.ts';
import type { NewObject } from '../sim/api/client.ts';
import type { ResourceInfo } from '../sim/api/discovery.ts';
import type { Context } from './context.ts';
import { type Args, Refusal } from './flags.ts';

/** An object as its author wrote it, and the file it stands in. */
export interface Manifest {
  readonly file: string;
  readonly object: NewObject;
  readonly info: ResourceInfo;
  readonly namespace: string;
  readonly name: string;
}

/** Longest text that is read, in characters; a longer one is refused instead of keeping the page busy. */
const LONGEST = 1_000_000;
const DEEPEST = 200;

const UNWANTED = new Set([
  'tag:yaml.org,2002:timestamp',
  'tag:yaml.org,2002:binary',
  'tag:yaml.org,2002:omap',
  'tag:yaml.org,2002:pairs',
  'tag:yaml.org,2002:set',
]);
const goTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || (!UNWANTED.has(tag.tag) && !('format' in tag && tag.format === 'TIME')));

/** Which sentence of go-yaml a finding is, and whether its scanner (true) or its parser says it: the parser counts lines from zero. */
function goSentence(error: YAMLParseError): readonly [sentence: string, scanner: boolean] {
  const { code, message } = error;
  if (code === 'TAB_AS_INDENT') return ['found character that cannot start any token', true];
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || code === 'BLOCK_IN_FLOW' || code === 'MULTILINE_IMPLICIT_KEY')
    return ['mapping values are not allowed in this context', true];
  if (/Flow sequence|flow sequence/.test(message)) return ["did not find expected ',' or ']'", false];
  if (/Flow map|flow map|flow collection/i.test(message)) return ["did not find expected ',' or '}'", false];
  if (/closing ['"]/.test(message)) return ['found unexpected end of stream', true];
  if (code === 'MISSING_CHAR' && /implicit key|map key/i.test(message)) return ["could not find expected ':'", true];
  if (code === 'BAD_DQ_ESCAPE') return ['found unknown escape character', true];
  if (code === 'BAD_SCALAR_START' || /reserved|cannot start/.test(message))
    return ['found character that cannot start any token', true];
  if (code === 'BAD_INDENT' && /sequence items/i.test(message)) return ["did not find expected '-' indicator", false];
  if (code === 'UNEXPECTED_TOKEN' && /node end/.test(message)) return ["did not find expected '-' indicator", false];
  return ['did not find expected key', false];
}

/** The line that go-yaml names. A text that runs over several lines into a colon is noticed at the colon, not where it began. */
function lineOf(error: YAMLParseError, errors: readonly YAMLParseError[]): number {
  const start = error.linePos?.[0].line ?? 1;
  const isColon = error.code === 'BLOCK_AS_IMPLICIT_KEY' || error.code === 'MULTILINE_IMPLICIT_KEY';
  const long = isColon
    ? errors.find(({ code, pos }) => code === 'MULTILINE_IMPLICIT_KEY' && pos[0] === error.pos[0])
    : undefined;
  return long?.linePos?.[1]?.line ?? start;
}

function sayYaml(error: YAMLParseError, errors: readonly YAMLParseError[]): string {
  const line = lineOf(error, errors);
  if (error.code === 'DUPLICATE_KEY') return `yaml: unmarshal errors:\n  line ${line}: key already set in map`;
  const [sentence, scanner] = goSentence(error);
  const shown = scanner ? line : line - 1;
  return shown > 0 && line > 1 ? `yaml: line ${shown}: ${sentence}` : `yaml: ${sentence}`;
}

const depthOf = (value: unknown, depth = 0): number =>
  depth > DEEPEST || typeof value !== 'object' || value === null
    ? depth
    : Math.max(depth, ...Object.values(value).map((part) => depthOf(part, depth + 1)));

function dataOf(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    const anchor = /: (\S+)$/.exec(error instanceof Error ? error.message : '')?.[1];
    throw new Error(anchor ? `yaml: unknown anchor '${anchor}' referenced` : 'yaml: document contains excessive aliasing');
  }
}

/** The data of one YAML document; null when it is empty. Throws Error with go-yaml's sentence. */
export function parseDocument(text: string): unknown {
  if (text.length > LONGEST)
    throw new Error(`yaml: document of ${text.length} characters is too large for the simulator, which reads ${LONGEST}`);
  const [document] = parseAllDocuments(text, {
    schema: 'yaml-1.1',
    customTags: goTags,
    merge: true,
    logLevel: 'silent',
    prettyErrors: true,
  }) as Document.Parsed[];
  if (!document) return null;
  const [first] = document.errors;
  if (first) throw new Error(sayYaml(first, document.errors));
  const data = dataOf(document);
  if (depthOf(data) > DEEPEST) throw new Error('yaml: exceeded max depth of 200');
  return data;
}

/** Cuts a stream at `---` lines, as the decoder does; line numbers count inside each part. */
export const splitDocuments = (text: string): readonly string[] =>
  text.split(/(?:^|\n)---[^\n]*(?:\n|$)/).filter((part) => part.replace(/^\s*#.*$/gm, '').trim() !== '');

/** All documents of a text with what is wrong with each; reading stops at the first that is no YAML. */
function readAll(file: string, text: string, found: (data: unknown) => void): void {
  for (const part of splitDocuments(text)) {
    let data: unknown;
    try {
      data = parseDocument(part);
    } catch (error) {
      throw new Refusal(`error: error parsing ${file}: error converting YAML to JSON: ${(error as Error).message}`);
    }
    if (data !== null) found(data);
  }
}

const VALIDATE = 'if you choose to ignore these errors, turn validation off with --validate=false';

function manifestOf(file: string, data: unknown, ctx: Context, namespace: string | undefined): Manifest {
  const invalid = (what: string) =>
    new Refusal(`error: error validating "${file}": error validating data: ${what}; ${VALIDATE}`);
  if (!isRecord(data)) throw invalid('invalid object to validate');
  const { apiVersion, kind } = data;
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
  if (missing.length) throw invalid(missing.length > 1 ? `[${missing.join(', ')}]` : (missing[0] as string));
  const metadata = isRecord(data.metadata) ? data.metadata : {};
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  const own = typeof metadata.namespace === 'string' ? metadata.namespace : '';
  const info = ctx.discovery.kinded(String(apiVersion), String(kind));
  if (!info)
    throw new Refusal(
      `error: resource mapping not found for name: "${name}" namespace: "${own}" from "${file}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
    );
  if (namespace && own && own !== namespace)
    throw new Refusal(
      `error: the namespace from the provided object "${own}" does not match the namespace "${namespace}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  return {
    file,
    object: { ...data, metadata } as NewObject,
    info,
    name,
    namespace: info.namespaced ? own || namespace || 'default' : '',
  };
}

/** Takes a `List` apart. */
const membersOf = (data: unknown): readonly unknown[] =>
  isRecord(data) && data.kind === 'List' && Array.isArray(data.items) ? data.items : [data];

/** What `-f` names, file by file. What is wrong goes to `failed`, and the rest is read on, as kubectl does. */
export function manifestsOf(args: Args, ctx: Context, failed: (error: Refusal) => void): readonly Manifest[] {
  const manifests: Manifest[] = [];
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      failed(error);
    }
  };
  const namespace = args.flags.namespace?.at(-1);
  for (const file of (args.flags.filename ?? []).flatMap((value) => value.split(','))) {
    const text = Object.hasOwn(ctx.files, file) ? ctx.files[file] : undefined;
    if (text === undefined) {
      const known = Object.keys(ctx.files);
      if (/^(https?:|-$)/.test(file))
        throw new Refusal(
          `error: "${file}" cannot be read here: there is no network and no standard input. Files: ${known.join(', ') || 'none'}`,
        );
      throw new Refusal(`error: the path "${file}" does not exist`);
    }
    attempt(() =>
      readAll(file, text, (data) => {
        for (const member of membersOf(data)) attempt(() => manifests.push(manifestOf(file, member, ctx, namespace)));
      }),
    );
  }
  return manifests;
}
