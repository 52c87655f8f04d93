// What Go's encoding/json says about a text that is no JSON. Models encoding/json/scanner.go.

interface Scan {
  readonly text: string;
  at: number;
}

class Complaint extends Error {}

const quoted = (c: string) => (c === "'" ? "'\\''" : `'${c}'`);

function complain(s: Scan, where: string): never {
  const c = s.text[s.at];
  throw new Complaint(c === undefined ? 'unexpected end of JSON input' : `invalid character ${quoted(c)} ${where}`);
}

const skip = (s: Scan) => {
  while (/\s/.test(s.text[s.at] ?? '')) s.at++;
};

function scanString(s: Scan): void {
  for (s.at++; s.text[s.at] !== '"'; s.at++) {
    const c = s.text[s.at];
    if (c === undefined || c < ' ') complain(s, 'in string literal');
    if (c === '\\' && !'"\\/bfnrtu'.includes(s.text[++s.at] ?? ' ')) complain(s, 'in string escape code');
  }
  s.at++;
}

function scanMembers(s: Scan, close: string, member: () => void, where: string): void {
  s.at++;
  skip(s);
  if (s.text[s.at] === close) {
    s.at++;
    return;
  }
  for (;;) {
    member();
    skip(s);
    if (s.text[s.at] === close) break;
    if (s.text[s.at] !== ',') complain(s, where);
    s.at++;
    skip(s);
  }
  s.at++;
}

function scanValue(s: Scan): void {
  skip(s);
  const c = s.text[s.at];
  if (c === '{') scanObject(s);
  else if (c === '[') scanMembers(s, ']', () => scanValue(s), 'after array element');
  else if (c === '"') scanString(s);
  else scanLiteral(s);
}

function scanObject(s: Scan): void {
  scanMembers(
    s,
    '}',
    () => {
      if (s.text[s.at] !== '"') complain(s, 'looking for beginning of object key string');
      scanString(s);
      skip(s);
      if (s.text[s.at] !== ':') complain(s, 'after object key');
      s.at++;
      scanValue(s);
    },
    'after object key:value pair',
  );
}

function scanLiteral(s: Scan): void {
  const literal = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?)/.exec(s.text.slice(s.at));
  if (!literal) complain(s, 'looking for beginning of value');
  s.at += literal[0].length;
}

/** The first fault of a text in Go's words; null when it is JSON. */
export function jsonComplaint(text: string): string | null {
  const s: Scan = { text, at: 0 };
  try {
    scanValue(s);
    skip(s);
    if (s.at < text.length) complain(s, 'after top-level value');
    return null;
  } catch (error) {
    if (error instanceof Complaint) return error.message;
    if (error instanceof RangeError) return 'exceeded max depth';
    throw error;
  }
}
