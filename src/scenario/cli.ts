// npm run -s scenario -- FILE… [--json] [--out FOLDER]: runs scenario files and prints what a reader would see, or transcripts.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseScenario } from './parse.ts';
import { ScenarioRun } from './run.ts';
import { ScenarioError, type Step } from './scenario.ts';
import type { Output } from './timeline.ts';
import { transcriptOf } from './transcript.ts';

const USAGE = `usage: npm run -s scenario -- FILE… [--json] [--out FOLDER]

  FILE          scenario files (content/scenarios/*.yaml, tests/golden/scenarios/*.yaml)
  --json        print transcripts instead of what a reader would see
  --out FOLDER  write <name>.json for each instead of printing
`;

interface Options {
  readonly files: readonly string[];
  readonly json: boolean;
  readonly out: string | null;
}

function optionsOf(words: readonly string[]): Options | string {
  const files: string[] = [];
  let json = false;
  let out: string | null = null;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (word === '--json') json = true;
    else if (word === '--out') out = words[++at] ?? '';
    else if (word.startsWith('--out=')) out = word.slice(6);
    else if (word.startsWith('-')) return `unknown option ${word}`;
    else files.push(word);
  }
  if (out === '') return '--out needs a folder';
  return files.length ? { files, json, out } : 'no scenario file was named';
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;

/** One step as a reader would see it. */
function shown(step: Step | Output['input'], output: Output): string {
  const at = `[${seconds(output.atMs)}] `;
  const answers = output.answers
    ? `${output.answers.status}\n${output.answers.answers.map((line) => `${line}\n`).join('')}`
    : '';
  const printed = [output.err, output.out, answers].map((text) => (text && !text.endsWith('\n') ? `${text}\n` : text)).join('');
  if ('run' in step) return `${at}$ ${step.run}\n${printed}${output.exit ? `(exit ${output.exit})\n` : ''}`;
  if ('watch' in step) return `${at}$ ${step.watch} &\n${printed}`;
  return `${at}${JSON.stringify(step)}\n${printed}`;
}

function runFile(file: string, options: Options): void {
  const run = ScenarioRun.start(parseScenario(readFileSync(file, 'utf8'), file));
  run.finish();
  if (run.halted) throw new ScenarioError(`${file}: ${run.halted}`);
  if (!options.json && options.out === null) {
    process.stdout.write(
      `${run.scenario.name}: ${run.scenario.title}\n\n${run.outputs.map((output) => shown(output.input, output)).join('')}\n`,
    );
    return;
  }
  const text = `${JSON.stringify(transcriptOf(run), null, 1)}\n`;
  if (options.out === null) process.stdout.write(text);
  else writeFileSync(join(options.out, `${basename(run.scenario.name)}.json`), text);
}

function main(words: readonly string[]): number {
  const options = optionsOf(words);
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}`);
    return 2;
  }
  if (options.out !== null) mkdirSync(options.out, { recursive: true });
  let code = 0;
  for (const file of options.files) {
    try {
      runFile(file, options);
    } catch (error) {
      code = 1;
      const isPlain = error instanceof ScenarioError || (error instanceof Error && 'code' in error);
      process.stderr.write(
        `${isPlain ? (error as Error).message : `${file}: ${error instanceof Error ? error.stack : String(error)}`}\n`,
      );
    }
  }
  return code;
}

process.exitCode = main(process.argv.slice(2));
