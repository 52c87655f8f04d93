// Finds a Chromium for the browser tests: the one Playwright keeps, else one of the system, else Playwright fetches its own, else the
// system's package manager does. Says what to do when nothing helps.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const systemPlaces = [
  process.env['CHROME'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const ownPlace = (): string => {
  try {
    return chromium.executablePath();
  } catch {
    return '';
  }
};

const found = (): string | undefined => [ownPlace(), ...systemPlaces].find((path) => path !== '' && existsSync(path));

function run(command: string, words: readonly string[]): void {
  spawnSync(command, words, { stdio: 'inherit', timeout: 600_000 });
}

/** Path of a Chromium that can be started. @throws with the next step when there is none and none can be fetched. */
export function ensureBrowser(): string {
  const first = found();
  if (first) return first;
  run(process.execPath, [
    join(import.meta.dirname, '..', '..', 'node_modules', '@playwright', 'test', 'cli.js'),
    'install',
    '--with-deps',
    'chromium',
  ]);
  const second = found();
  if (second) return second;
  if (process.getuid?.() === 0) {
    run('apt-get', ['update']);
    run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
  }
  const third = found();
  if (third) return third;
  throw new Error('No Chromium was found and none could be fetched. Install Chromium or Chrome, or set CHROME to its path.');
}
