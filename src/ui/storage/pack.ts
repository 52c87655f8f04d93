// Packed parts of the log: the text of its export file, compressed. gzip carries a checksum, so damage is noticed when it is read.

import type { StoredEvent } from '../../review/event.ts';
import { formatLog } from '../../review/file.ts';

export async function packEvents(events: readonly StoredEvent[]): Promise<Uint8Array<ArrayBuffer>> {
  return compress(formatLog(events));
}

/** Null when the bytes are damaged. Events are taken as they are: what another version wrote is not ours to judge. */
export async function unpackEvents(bytes: Uint8Array<ArrayBuffer>): Promise<readonly StoredEvent[] | null> {
  try {
    const lines = (await decompress(bytes)).trimEnd().split('\n');
    return lines.slice(1).map((line) => JSON.parse(line) as StoredEvent);
  } catch {
    return null;
  }
}

export async function compress(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Rejects when the bytes are cut off or damaged. */
export async function decompress(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

/** As much as a cut or damaged file still gives. */
export async function decompressWhatGoes(bytes: Uint8Array<ArrayBuffer>): Promise<{ text: string; isWhole: boolean }> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { text: text + decoder.decode(), isWhole: true };
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return { text, isWhole: false };
  }
}

export const isCompressed = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;
