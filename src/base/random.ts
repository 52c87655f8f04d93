// Seeded chance. Each named stream is one 32-bit number in a Map, so that a copy of the state copies its future too,
// and drawing for one purpose never shifts what another purpose draws.

/** Where the streams of one state are kept: name → the generator's present 32-bit state. */
export type Streams = Map<string, number>;

/** FNV-1a of a text, 32 bits: a stable, well spread number for a name. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** The next whole number of a stream, 0 … 2³²−1 (mulberry32); opens the stream from the seed when it is new. */
export function nextUint32(streams: Streams, seed: number, name: string): number {
  const state = ((streams.get(name) ?? hashText(name, Math.imul(seed, 0x9e3779b1) ^ 0x811c9dc5)) + 0x6d2b79f5) >>> 0;
  streams.set(name, state);
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return (mixed ^ (mixed >>> 14)) >>> 0;
}

/** The next number of a stream in [0, 1). */
export function nextFraction(streams: Streams, seed: number, name: string): number {
  return nextUint32(streams, seed, name) / 2 ** 32;
}

/** The next whole number of a stream in [least, most], both included. */
export function nextBetween(streams: Streams, seed: number, name: string, least: number, most: number): number {
  return least + Math.floor(nextFraction(streams, seed, name) * (most - least + 1));
}

/** Text of `length` characters drawn from `alphabet`. */
export function nextText(streams: Streams, seed: number, name: string, length: number, alphabet: string): string {
  let text = '';
  while (text.length < length) text += alphabet[nextUint32(streams, seed, name) % alphabet.length];
  return text;
}
