// A binary heap of things due at a time: earliest first, equal times in the order they were added.

/** What the heap orders: due time in milliseconds, then the number given at insertion. */
export interface Due {
  readonly atMs: number;
  readonly seq: number;
}

const isBefore = (a: Due, b: Due) => a.atMs < b.atMs || (a.atMs === b.atMs && a.seq < b.seq);

/** Adds an item; O(log n). */
export function pushDue<T extends Due>(heap: T[], item: T): void {
  let at = heap.push(item) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as T;
    if (!isBefore(item, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = item;
}

/** Removes and returns the earliest item; undefined when the heap is empty. O(log n). */
export function popDue<T extends Due>(heap: T[]): T | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1] as T, heap[child] as T)) child++;
    if (!isBefore(heap[child] as T, last)) break;
    heap[at] = heap[child] as T;
    at = child;
  }
  heap[at] = last;
  return first;
}
