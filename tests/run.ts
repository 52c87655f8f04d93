// Everything `npm test` does, in one process: lint, types, unit tests, build, browser journeys. Each part runs even if one before it
// failed, and the last line counts all of them: `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowser } from './support/browser.ts';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const bin = (name: string) => join('node_modules', '.bin', name);

function run(title: string, command: string, args: readonly string[], env: Record<string, string> = {}): boolean {
  console.log(`\n── ${title}`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  if (error) console.error(`${title}: ${error.message}`);
  return status === 0;
}

/** A part that either holds or does not. */
const check = (title: string, command: string, args: readonly string[]): Count =>
  run(title, command, args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

/** Unit, property, golden and content tests. A crash before the summary counts as one failure. */
function unitTests(): Count {
  const files = globSync('tests/{unit,property,golden,content,contract}/**/*.test.ts').concat('tests/tidy.test.ts');
  const out = spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...files.sort()], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  console.log('\n── unit, property, golden and content tests');
  const count = (word: string) => Number(new RegExp(`^ℹ ${word} (\\d+)`, 'm').exec(out.stdout)?.[1] ?? 0);
  const passed = count('pass');
  const failed = count('fail') + count('cancelled');
  if (out.status !== 0) console.log(out.stdout, out.stderr);
  else console.log(`${passed} tests passed`);
  return { passed, failed: failed || (out.status === 0 && passed > 0 ? 0 : 1) };
}

/** Journeys in a real browser on the built site. */
function browserTests(): Count {
  const folder = mkdtempSync(join(tmpdir(), 'ordinal-'));
  const report = join(folder, 'report.json');
  try {
    const browser = ensureBrowser();
    const ok = run('journeys in a browser', bin('playwright'), ['test', '--reporter=line,json'], {
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      ORDINAL_BROWSER: browser,
    });
    const { stats } = JSON.parse(readFileSync(report, 'utf8')) as {
      stats: { expected: number; unexpected: number; flaky: number };
    };
    const failed = stats.unexpected + (ok || stats.unexpected ? 0 : 1);
    return { passed: stats.expected + stats.flaky, failed };
  } catch (error) {
    console.error(error);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const counts = [
  check('lint and format', bin('biome'), ['check', '.']),
  check('types', bin('astro'), ['check']),
  unitTests(),
  check('build', bin('astro'), ['build']),
  browserTests(),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
