// A transcript as command and answer.

export interface Exchange {
  readonly command: string;
  /** What was printed until the next `$`, without the last line break. */
  readonly text: string;
  /** Line of the command within the block, from 0. */
  readonly line: number;
}

/** `$ a⏎x⏎$ b` → a printed x, b printed nothing. What stands before the first `$` belongs to no command and is left out. */
export function exchangesOf(code: string): Exchange[] {
  const exchanges: { command: string; lines: string[]; line: number }[] = [];
  code.split('\n').forEach((text, line) => {
    const command = /^\$ (.*)$/.exec(text)?.[1];
    if (command !== undefined) exchanges.push({ command, lines: [], line });
    else exchanges.at(-1)?.lines.push(text);
  });
  return exchanges.map(({ command, lines, line }) => ({ command, text: lines.join('\n').replace(/\n+$/, ''), line }));
}
