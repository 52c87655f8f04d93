// The tools for looking at the network that every container has here: dig, nslookup, curl, wget.
// Models the output of BIND 9 dig and nslookup (DNS-11), curl 8 and busybox wget. dig takes a name as it is unless +search is given;
// the others use the Pod's search path. Differs: no cookies, sizes and times; a body is one line.

import { hashText } from '../../base/random.ts';
import type { ExecResult, SyncContext } from '../actor.ts';
import { candidatesOf, DNS_SERVER, type DnsAnswer, type DnsRecord, resolve, TTL, ZONE } from '../dns.ts';
import { type Answer, call } from '../network.ts';
import { deliver } from '../programs/http.ts';
import type { HttpResponse } from '../programs/store.ts';
import type { Pod } from '../types.ts';

const NAMES = ['A', 'AAAA', 'CNAME', 'PTR', 'SRV', 'ANY', 'TXT', 'NS', 'SOA', 'MX'];
const WITH_VALUE =
  /^(-[sSfLkiv]*[mowHXdtuAb]|--max-time|--connect-timeout|--output|--header|--request|--data|--write-out|-T|-O|-P)$/;

const ok = (out: string): ExecResult => ({ out, err: '', exit: 0 });
const failed = (exit: number, err: string, out = ''): ExecResult => ({ out, err, exit });

const reversed = (address: string) => `${address.split('.').reverse().join('.')}.in-addr.arpa.`;
const row = ({ name, type, data }: DnsRecord) => `${name}\t${TTL}\tIN\t${type}\t${data}\n`;

interface Question {
  readonly name: string;
  readonly type: string;
  readonly answer: DnsAnswer;
}

/** The first candidate that exists, records or not, else the last that was tried: bin/dig/dighost.c goes on after NXDOMAIN only. */
function ask(names: readonly string[], type: string, ctx: SyncContext): Question {
  let question: Question | undefined;
  for (const name of names) {
    question = { name, type, answer: resolve(ctx.read, name, type) };
    if (question.answer.status === 'NOERROR') break;
  }
  return question as Question;
}

/** DNS-11 */
function digText({ name, type, answer }: Question): string {
  const { status, records, extra } = answer;
  const isOurs = name.endsWith(`${ZONE}.`);
  const soa = `${ZONE}.\t${TTL}\tIN\tSOA\tns.dns.${ZONE}. hostmaster.${ZONE}. 1 7200 1800 86400 ${TTL}\n`;
  const authority = records.length === 0 && isOurs ? soa : '';
  const counts = `QUERY: 1, ANSWER: ${records.length}, AUTHORITY: ${authority ? 1 : 0}, ADDITIONAL: ${extra.length}`;
  const section = (title: string, text: string) => (text ? `\n;; ${title} SECTION:\n${text}` : '');
  return (
    `;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: ${hashText(name) % 65_536}\n` +
    `;; flags: qr${isOurs ? ' aa' : ''} rd; ${counts}\n` +
    section('QUESTION', `;${name}\t\tIN\t${type}\n`) +
    section('ANSWER', records.map(row).join('')) +
    section('AUTHORITY', authority) +
    section('ADDITIONAL', extra.map(row).join('')) +
    `\n;; SERVER: ${DNS_SERVER}#53(${DNS_SERVER}) (UDP)\n\n`
  );
}

function dig(pod: Pod, args: readonly string[], ctx: SyncContext): ExecResult {
  const at = args.indexOf('-x');
  const words = args.filter((arg, i) => !/^[-+@]/.test(arg) && (at < 0 || i !== at + 1));
  const type = words.find((word) => NAMES.includes(word.toUpperCase()))?.toUpperCase() ?? (at < 0 ? 'A' : 'PTR');
  const asked = at < 0 ? words.find((word) => !NAMES.includes(word.toUpperCase())) : reversed(args[at + 1] ?? '');
  const name = asked ?? '.';
  const isSearched = args.includes('+search') && at < 0;
  const names = isSearched ? candidatesOf(name, pod.metadata.namespace ?? '') : [name.endsWith('.') ? name : `${name}.`];
  const question = ask(names, type, ctx);
  if (args.includes('+short')) return ok(question.answer.records.map(({ data }) => `${data}\n`).join(''));
  if (args.includes('+noall')) return ok(args.includes('+answer') ? question.answer.records.map(row).join('') : '');
  return ok(`\n; <<>> DiG 9.20 <<>> ${args.join(' ')}\n;; global options: +cmd\n${digText(question)}`);
}

function nslookup(pod: Pod, args: readonly string[], ctx: SyncContext): ExecResult {
  const option = args.find((arg) => /^-(type|query|q)=/.test(arg));
  const name = args.find((arg) => !arg.startsWith('-')) ?? '';
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
  const type = isAddress ? 'PTR' : (option?.split('=')[1]?.toUpperCase() ?? 'A');
  const names = isAddress ? [reversed(name)] : candidatesOf(name, pod.metadata.namespace ?? '');
  const { name: last, answer } = ask(names, type, ctx);
  const head = isAddress ? '' : `Server:\t\t${DNS_SERVER}\nAddress:\t${DNS_SERVER}#53\n\n`;
  const bare = last.replace(/\.$/, '');
  if (answer.status === 'NXDOMAIN')
    return failed(1, '', `${head}** server can't find ${isAddress ? last : name}: NXDOMAIN\n\n`);
  if (answer.records.length === 0) return failed(1, '', `${head}*** Can't find ${name}: No answer\n\n`);
  const words: Readonly<Record<DnsRecord['type'], (record: DnsRecord) => string>> = {
    A: (record) => `Name:\t${record.name.replace(/\.$/, '')}\nAddress: ${record.data}\n`,
    SRV: ({ data }) => `${bare}\tservice = ${data}\n`,
    CNAME: ({ data }) => `${bare}\tcanonical name = ${data}\n`,
    PTR: ({ data }) => `${last.replace(/\.$/, '')}\tname = ${data}\n`,
  };
  return ok(`${head}${answer.records.map((record) => words[record.type](record)).join('')}\n`);
}

interface Call {
  readonly host: string;
  readonly port: number;
  readonly answer: Answer;
  /** What the program said that was reached. */
  readonly response: HttpResponse;
  has(flag: string): boolean;
}

/** The value of an option, behind it or in one word with it: `-d blue`, `-sXPUT`, `--data=blue`. */
function optionOf(args: readonly string[], short: string, long: string): string | undefined {
  const pattern = new RegExp(`^(?:-[sSfLkiv]*${short}|${long}(?:=|$))(.*)$`);
  for (const [i, arg] of args.entries()) {
    const found = pattern.exec(arg);
    if (found) return found[1] === '' ? args[i + 1] : found[1];
  }
  return undefined;
}

/** A request as curl and wget understand their arguments. */
function request(pod: Pod, args: readonly string[], ctx: SyncContext): Call {
  const words = args.filter((arg, i) => !arg.startsWith('-') && !WITH_VALUE.test(args[i - 1] ?? ''));
  const url = words[0] ?? '';
  const [, scheme = 'http', host = '', given, path = '/'] = /^(?:(\w+):\/\/)?([^/:]*)(?::(\d+))?(\/[^?#]*)?/.exec(url) ?? [];
  const port = given === undefined ? (scheme === 'https' ? 443 : 80) : Number(given);
  const answer = call(pod.metadata.namespace ?? '', host, { node: pod.spec.nodeName ?? '', pod }, ctx, port);
  const data = optionOf(args, 'd', '--data');
  const method = optionOf(args, 'X', '--request')?.toUpperCase() ?? (data === undefined ? 'GET' : 'POST');
  const wish = { method, key: path.slice(1), value: data ?? '', from: pod.metadata.name };
  const response = answer.kind === 'reached' ? deliver(answer, wish, ctx) : { status: 0, text: '' };
  return { host, port, answer, response, has: (flag) => args.some((arg) => /^-[A-Za-z]/.test(arg) && arg.includes(flag)) };
}

function curl(pod: Pod, args: readonly string[], ctx: SyncContext): ExecResult {
  const { host, port, answer, response, has } = request(pod, args, ctx);
  const fail = (exit: number, why: string) => failed(exit, has('s') && !has('S') ? '' : `curl: (${exit}) ${why}\n`);
  if (answer.kind === 'unknown') return fail(6, `Could not resolve host: ${host}`);
  const head = `Failed to connect to ${host} port ${port} after`;
  if (answer.kind === 'refused') return fail(7, `${head} 1 ms: Could not connect to server`);
  if (answer.kind === 'timeout') return fail(28, `${head} 1000 ms: Timeout was reached`);
  if (response.status >= 400 && has('f')) return fail(22, `The requested URL returned error: ${response.status}`);
  return ok(`${response.text}\n`);
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
  508: 'Loop Detected',
};

function wget(pod: Pod, args: readonly string[], ctx: SyncContext): ExecResult {
  const { host, port, answer, response, has } = request(pod, args, ctx);
  if (answer.kind === 'unknown') return failed(1, `wget: bad address '${host}'\n`);
  const head = has('q') ? '' : `Connecting to ${host} (${answer.address}:${port})\n`;
  if (answer.kind === 'refused')
    return failed(1, `${head}wget: can't connect to remote host (${answer.address}): Connection refused\n`);
  if (answer.kind === 'timeout') return failed(1, `${head}wget: download timed out\n`);
  const { status, text } = response;
  if (status >= 400) return failed(1, `${head}wget: server returned error: HTTP/1.1 ${status} ${REASONS[status]}\n`);
  return { out: has('O') ? `${text}\n` : '', err: head, exit: 0 };
}

export type Tool = (pod: Pod, args: readonly string[], ctx: SyncContext) => ExecResult;

export const TOOLS: ReadonlyMap<string, Tool> = new Map([
  ['dig', dig],
  ['nslookup', nslookup],
  ['curl', curl],
  ['wget', wget],
]);
