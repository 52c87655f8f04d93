// Small things a browser keeps for its reader. Storage may be forbidden or full: then nothing is kept and nothing breaks.

export function kept<T>(key: string): T | undefined {
  try {
    const text = localStorage.getItem(`ordinal.${key}`);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(`ordinal.${key}`, JSON.stringify(value));
  } catch {
    // A private window: the page works, only the memory is missing.
  }
}

/** True while the reader types, so that a letter is a letter and not a command. */
export const isTyping = (event: Event): boolean =>
  event.target instanceof Element &&
  event.target.closest('input, textarea, select, [contenteditable], [role=textbox]') !== null;
