// Opens the reader's review log, wherever it can be kept.

import type { Aliases } from '../../review/replay.ts';
import { openIndexedLog } from './indexed-log.ts';
import type { ReviewLog } from './log.ts';
import { openMemoryLog } from './memory-log.ts';
import { freshDevice, openStore, type ReviewStore } from './store.ts';

/** In localStorage once there is a log: pages without one load nothing for the number beside Today. */
const logFlag = 'ordinal.log';

export async function openReview(aliases: Aliases): Promise<ReviewStore> {
  return openStore(await openLog(), aliases, freshDevice());
}

/** IndexedDB, or memory where the browser refuses it; `isKept` says which. */
async function openLog(): Promise<ReviewLog> {
  try {
    const log = await openIndexedLog();
    return { ...log, append: (events) => log.append(events).then(raiseFlag) };
  } catch {
    return openMemoryLog();
  }
}

function raiseFlag(): void {
  try {
    localStorage.setItem(logFlag, '1');
  } catch {
    // Without localStorage the number beside Today is missing on other pages; the log is safe.
  }
}
