// Cuts a command line into words as a shell would, and refuses what only a shell could do.
// Differs: one command, no variables, pipes or redirections; they are named in the refusal instead of being taken literally.

/** A line cut into words, or what is wrong with it. */
export type Words = { readonly words: readonly string[] } | { readonly error: string };

const OPERATORS = new Set(['|', '&', ';', '<', '>', '`']);

interface Reading {
  readonly text: string;
  at: number;
  word: string;
  inWord: boolean;
}

/** Reads a quoted part up to its closing quote; false when there is none. */
function readQuoted(r: Reading, quote: string): boolean {
  r.inWord = true;
  for (r.at++; r.at < r.text.length; r.at++) {
    const c = r.text[r.at] as string;
    if (c === quote) return true;
    if (quote === '"' && c === '\\' && '"\\$`'.includes(r.text[r.at + 1] ?? '')) r.word += r.text[++r.at];
    else r.word += c;
  }
  return false;
}

/** Splits on white space outside quotes. `'…'` is literal, `"…"` knows backslashes, a backslash takes the next character as it is. */
export function splitWords(line: string): Words {
  const words: string[] = [];
  const r: Reading = { text: line, at: 0, word: '', inWord: false };
  const end = () => {
    if (r.inWord) words.push(r.word);
    r.word = '';
    r.inWord = false;
  };
  for (; r.at < line.length; r.at++) {
    const c = line[r.at] as string;
    if (c === "'" || c === '"') {
      const from = r.at + 1;
      if (!readQuoted(r, c))
        return { error: `the ${c} at character ${from} is never closed. Add a ${c} at the end of that word.` };
    } else if (/\s/.test(c)) end();
    else if (OPERATORS.has(c))
      return {
        error: `"${c}" needs a shell, and here is none: one kubectl command at a time. Put it in quotes if it is meant as text.`,
      };
    else {
      r.inWord = true;
      if (c === '\\' && r.at + 1 < line.length) r.word += line[++r.at];
      else r.word += c;
    }
  }
  end();
  return { words };
}
