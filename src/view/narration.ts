// Notes that tell what is seen: each appears when its predicate first holds after the note before it, so they survive another speed or seed.

/** When each note appeared, in milliseconds; as many as have appeared. */
export type Told = readonly number[];

/** Looks once, at one moment: tells the next notes whose predicates hold now. Notes do not share a moment with the one before unless both hold. */
export function tell<Note>(told: Told, notes: readonly Note[], holds: (note: Note) => boolean, nowMs: number): Told {
  const next = notes[told.length];
  return next !== undefined && holds(next) ? [...told, nowMs] : told;
}

/** How many notes a reader at a moment has been told. */
export function toldBy(told: Told, nowMs: number): number {
  return told.filter((ms) => ms <= nowMs).length;
}
