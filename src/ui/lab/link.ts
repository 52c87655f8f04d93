// A lab's state as text for the fragment of a link: what rebuilds it, packed. A link that was cut or changed on its way is told from a good one.

import { strFromU8, strToU8, unzlibSync, zlibSync } from 'fflate';

/** First character of a packed state: the form of what follows. */
const FORM = '1';

export class LinkError extends Error {}

/** Packs JSON: zlib keeps a checksum at its end, so a link without its tail does not unpack. */
export function packState(state: unknown): string {
  const bytes = zlibSync(strToU8(JSON.stringify(state)), { level: 9 });
  return (
    FORM +
    btoa(String.fromCharCode(...bytes))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '')
  );
}

/** The JSON of a packed state. Throws LinkError for whatever is not whole. */
export function unpackState(text: string): unknown {
  if (!/^1[\w-]+$/.test(text)) throw new LinkError('unknown form');
  try {
    const binary = atob(text.slice(1).replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    const opened = unzlibSync(bytes);
    if (adler32(opened) !== new DataView(bytes.buffer).getUint32(bytes.length - 4)) throw new LinkError('checksum');
    return JSON.parse(strFromU8(opened));
  } catch {
    throw new LinkError('damaged');
  }
}

/** The checksum of zlib (RFC 1950); fflate does not compare it. */
function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}
