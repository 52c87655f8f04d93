// `sh -c LINE` inside a container: commands one after the other, pipes, files for output, variables.
// Models what busybox ash does with them. Differs: no loops, conditions, functions, assignments and patterns; a variable is one word.

import type { ExecResult } from '../actor.ts';
import { type Command, commandOf, failed, type Inside, ok } from './commands.ts';
import { appendFile, readFile, writeFile } from './files.ts';

/** A part of a word: text, a variable, or a line whose output stands here. */
type Part = string | { readonly variable: string } | { readonly line: string };
type Word = readonly Part[];
interface Operator {
  readonly operator: string;
}
type Token = Word | Operator;

const OPERATOR = /^(?:2>&1|2>\/dev\/null|>>|>|<|\|\||\||&&|;|\n)/;
const KEYWORDS = new Set(['for', 'while', 'until', 'if', 'case', 'do', 'done', 'then', 'fi', 'function', '{', '(']);

const KNOWN = 'this small shell knows commands, | && || ; > >> < and $NAME only';
const MOST_DEPTH = 5;

/** A line that cannot be read, with the shell's words about it. */
class Unreadable extends Error {}

interface Reading {
  readonly line: string;
  at: number;
}

/** What stands behind a `$`, which has been read. */
function readDollar(r: Reading): Part {
  const rest = r.line.slice(r.at);
  const [whole, braced, bare] = /^(?:\{(\w+)\}|(\w+|\?))/.exec(rest) ?? [];
  if (whole !== undefined) {
    r.at += whole.length;
    return { variable: (braced ?? bare) as string };
  }
  if (!rest.startsWith('(')) return '$';
  let depth = 0;
  for (let i = 0; i < rest.length; i++) {
    depth += rest[i] === '(' ? 1 : rest[i] === ')' ? -1 : 0;
    if (depth > 0) continue;
    r.at += i + 1;
    return { line: rest.slice(1, i) };
  }
  throw new Unreadable('syntax error: unterminated $(');
}

function readQuoted(r: Reading, quote: string): readonly Part[] {
  const parts: Part[] = [''];
  while (r.at < r.line.length) {
    const c = r.line[r.at++] as string;
    if (c === quote) return parts;
    if (quote === '"' && c === '$') parts.push(readDollar(r));
    else if (quote === '"' && c === '\\' && '"\\$`'.includes(r.line[r.at] ?? '')) parts.push(r.line[r.at++] as string);
    else parts.push(c);
  }
  throw new Unreadable('syntax error: unterminated quoted string');
}

function readTokens(line: string): readonly Token[] {
  const r: Reading = { line, at: 0 };
  const tokens: Token[] = [];
  let word: Part[] | null = null;
  const end = () => {
    if (word) tokens.push(word);
    word = null;
  };
  const add = (...parts: readonly Part[]) => {
    word = [...(word ?? []), ...parts];
  };
  while (r.at < line.length) {
    const operator = OPERATOR.exec(line.slice(r.at))?.[0];
    if (operator && !(operator.startsWith('2') && word)) {
      end();
      tokens.push({ operator });
      r.at += operator.length;
      continue;
    }
    const c = line[r.at++] as string;
    if (/\s/.test(c)) end();
    else if (c === "'" || c === '"') add(...readQuoted(r, c));
    else if (c === '$') add(readDollar(r));
    else if (c === '\\') add(line[r.at++] ?? '');
    else if (c === '&' || c === '`') throw new Unreadable(`syntax error: unexpected "${c}"`);
    else add(c);
  }
  end();
  return tokens;
}

const isOperator = (token: Token | undefined): token is Operator => token !== undefined && 'operator' in token;

interface Redirection {
  readonly operator: string;
  readonly to: string;
}

/** The state of a line that is being carried out. */
interface Session {
  readonly inside: Inside;
  readonly depth: number;
  exit: number;
}

function textOf(word: Word, session: Session): string {
  return word
    .map((part) => {
      if (typeof part === 'string') return part;
      if ('line' in part) return runLine(part.line, session.inside, session.depth + 1).out.replace(/\n+$/, '');
      return part.variable === '?' ? String(session.exit) : (session.inside.variables.get(part.variable) ?? '');
    })
    .join('');
}

/** Where one of the two outputs of a command goes: to the caller as `out` or `err`, to a file, or nowhere. */
type Sink = 'out' | 'err' | 'nowhere' | { readonly path: string; text: string };

/** Sends output where redirections say, each taken in its turn: `>f 2>&1` puts both into f, `2>&1 >f` only the first. */
function redirected(result: ExecResult, redirections: readonly Redirection[], { inside: { home } }: Session): ExecResult {
  const sent = { out: '', err: '' };
  let [out, err, exit]: [Sink, Sink, number] = ['out', 'err', result.exit];
  for (const { operator, to } of redirections) {
    if (operator === '2>/dev/null') err = 'nowhere';
    else if (operator === '2>&1') err = out;
    else if (operator !== '<' && to === '/dev/null') out = 'nowhere';
    else if (operator !== '<') {
      const fault = operator === '>' ? writeFile(home, to, '') : appendFile(home, to, '');
      if (fault !== null) return { out: '', err: `sh: can't create ${to}: ${fault}\n`, exit: 1 };
      out = { path: to, text: '' };
    }
  }
  const files = new Set<Exclude<Sink, string>>();
  const put = (sink: Sink, text: string) => {
    if (typeof sink !== 'string') {
      files.add(sink);
      sink.text += text;
    } else if (sink !== 'nowhere') sent[sink] += text;
  };
  put(out, result.out);
  put(err, result.err);
  for (const { path, text } of files) {
    const fault = text === '' ? null : appendFile(home, path, text);
    if (fault !== null) [sent.err, exit] = [`${sent.err}sh: write error: ${fault}\n`, 1];
  }
  return { ...sent, exit };
}

/** One command with its redirections. */
function runCommand(tokens: readonly Token[], session: Session, piped: string | null): ExecResult {
  const words: string[] = [];
  const redirections: Redirection[] = [];
  let input = piped;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    if (!isOperator(token)) words.push(textOf(token, session));
    else if (token.operator.startsWith('2')) redirections.push({ operator: token.operator, to: '' });
    else {
      const target = tokens[++i];
      if (target === undefined || isOperator(target)) throw new Unreadable('syntax error: unexpected newline');
      redirections.push({ operator: token.operator, to: textOf(target, session) });
    }
  }
  for (const { operator, to } of redirections) {
    if (operator !== '<') continue;
    const text = readFile(session.inside.home, to);
    if (text === undefined) return failed(1, `sh: can't open ${to}: no such file\n`);
    input = text;
  }
  const [program, ...args] = words;
  if (program === undefined) return redirected(ok(''), redirections, session);
  return redirected(start(program, args, session, input), redirections, session);
}

function start(program: string, args: readonly string[], session: Session, input: string | null): ExecResult {
  const { inside, depth } = session;
  if (program === 'exit') return failed(Number(args[0] ?? session.exit) & 255, '');
  if (isShell(program)) return runShell(args, inside, depth + 1);
  const command: Command | undefined = commandOf(program);
  return command ? command(args, inside, input) : failed(127, `sh: ${program}: not found\n`);
}

/** Commands joined by `|`. */
function runPipe(tokens: readonly Token[], session: Session): ExecResult {
  const commands: Token[][] = [[]];
  for (const token of tokens) {
    if (isOperator(token) && token.operator === '|') commands.push([]);
    else commands.at(-1)?.push(token);
  }
  if (commands.length > 1 && commands.some((each) => each.length === 0)) throw new Unreadable('syntax error: unexpected "|"');
  let result = ok('');
  let err = '';
  commands.forEach((each, i) => {
    result = runCommand(each, session, i === 0 ? null : result.out);
    err += result.err;
  });
  return { ...result, err };
}

/** A pipe, and what stands before it: it runs always (`;`), after success (`&&`) or after failure (`||`). */
interface Item {
  readonly before: string;
  readonly tokens: readonly Token[];
}

/** A line is read as a whole before anything of it runs. */
function readItems(line: string): readonly Item[] {
  const items: Item[] = [];
  let before = ';';
  let tokens: Token[] = [];
  const end = (operator: string) => {
    const needsBoth = /^[&|]/.test(operator) || /^[&|]/.test(before);
    if (tokens.length === 0 && needsBoth) throw new Unreadable(`syntax error: unexpected "${operator || 'newline'}"`);
    if (tokens.length > 0) items.push({ before, tokens });
    [before, tokens] = [operator, []];
  };
  for (const token of readTokens(line)) {
    if (isOperator(token) && /^(&&|\|\||;|\n)$/.test(token.operator)) end(token.operator);
    else {
      const word = isOperator(token) ? '' : token.filter((part) => typeof part === 'string').join('');
      if (tokens.length === 0 && (KEYWORDS.has(word) || /^\w+=/.test(word))) throw new Unreadable(`${word}: ${KNOWN}`);
      tokens.push(token);
    }
  }
  end('');
  return items;
}

/** A whole line. */
export function runLine(line: string, inside: Inside, depth = 0): ExecResult {
  if (depth > MOST_DEPTH) return failed(2, 'sh: too many shells within shells\n');
  const session: Session = { inside, depth, exit: 0 };
  let [out, err] = ['', ''];
  try {
    for (const { before, tokens } of readItems(line)) {
      if ((before === '&&' && session.exit !== 0) || (before === '||' && session.exit === 0)) continue;
      const result = runPipe(tokens, session);
      [out, err, session.exit] = [out + result.out, err + result.err, result.exit];
      const first = tokens[0] as Token;
      if (!isOperator(first) && first.join('') === 'exit') break;
    }
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { out, err: `${err}sh: ${error.message}\n`, exit: 2 };
  }
  return { out, err, exit: session.exit };
}

export const isShell = (program: string): boolean => /^(\/bin\/)?(sh|ash|bash)$/.test(program);

/** `sh -c LINE`, or `sh FILE`; without either there is nothing to read. */
export function runShell(args: readonly string[], inside: Inside, depth = 0): ExecResult {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (at >= 0)
    return args[at + 1] === undefined
      ? failed(2, 'sh: -c requires an argument\n')
      : runLine(args[at + 1] as string, inside, depth);
  const [file] = args.filter((arg) => !arg.startsWith('-'));
  if (file === undefined) return ok('');
  const text = readFile(inside.home, file);
  return text === undefined
    ? failed(127, `sh: can't open '${file}': No such file or directory\n`)
    : runLine(text, inside, depth);
}
