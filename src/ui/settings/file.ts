// Files in and out of the browser.

import type { StoredEvent } from '../../review/event.ts';
import { formatLog, type ParsedLog, parseLog } from '../../review/file.ts';
import { compress, decompressWhatGoes, isCompressed } from '../storage/pack.ts';

export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface ReadFile extends ParsedLog {
  readonly name: string;
  /** False when it was compressed and could not be unpacked to its end. */
  readonly isWhole: boolean;
}

/** The log as a file named by the reader's date. */
export async function exportedOf(events: readonly StoredEvent[], date: Date): Promise<ExportedFile> {
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
  return { name: `ordinal-reviews-${day}.jsonl.gz`, bytes: await compress(formatLog(events)) };
}

export async function readFile(file: File): Promise<ReadFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!isCompressed(bytes)) return { name: file.name, isWhole: true, ...parseLog(new TextDecoder().decode(bytes)) };
  const { text, isWhole } = await decompressWhatGoes(bytes);
  if (text === '') return { name: file.name, isWhole, events: [], problems: [] };
  return { name: file.name, isWhole, ...parseLog(text) };
}

export function download({ name, bytes }: ExportedFile): void {
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/gzip' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
