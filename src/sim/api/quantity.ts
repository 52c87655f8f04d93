// Quantities: `500m`, `1Gi`, `2e3`. Models apimachinery/pkg/api/resource/quantity.go (ParseQuantity, CanonicalizeBytes) for the sizes
// that fit a double: exact up to 2⁵³ in the smallest unit used.

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const QUANTITY = /^([+-]?)(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/;

interface Parsed {
  readonly value: number;
  readonly form: 'binary' | 'decimal' | 'exponent';
}

function parsed(text: string): Parsed | null {
  const m = QUANTITY.exec(text);
  if (!m) return null;
  const [, sign, digits = '0', suffix = ''] = m;
  const number = Number(digits) * (sign === '-' ? -1 : 1);
  const power = BINARY.indexOf(suffix);
  if (power > 0) return { value: number * 1024 ** power, form: 'binary' };
  if (/^[eE][+-]?\d/.test(suffix)) return { value: Number(`${sign}${digits}e${suffix.slice(1)}`), form: 'exponent' };
  const exponent = DECIMAL[suffix] ?? 0;
  return { value: exponent < 0 ? number / 10 ** -exponent : number * 10 ** exponent, form: 'decimal' };
}

/** The number behind a quantity (cores, bytes, pieces); 0 for none and for what is no quantity. */
export const quantityOf = (text: string | number | undefined): number =>
  text === undefined ? 0 : typeof text === 'number' ? text : (parsed(text)?.value ?? 0);

/** A quantity as the server prints it again (`1000m` → `1`, `0.5` → `500m`, `1024Mi` → `1Gi`); null when the text is none. */
export function canonicalQuantity(text: string): string | null {
  const quantity = parsed(text);
  if (!quantity) return null;
  return formatQuantity(quantity.value, quantity.form);
}

/** Prints a number in a family of suffixes, with the largest suffix that leaves a whole number. */
export function formatQuantity(value: number, form: 'binary' | 'decimal' | 'exponent'): string {
  if (value === 0) return '0';
  // A binary quantity below 1024 that is no whole number is printed in the decimal family.
  if (form === 'binary' && Number.isInteger(value)) {
    let power = 0;
    while (power < 6 && value % 1024 ** (power + 1) === 0) power++;
    return `${value / 1024 ** power}${BINARY[power]}`;
  }
  for (const [suffix, exponent] of Object.entries(DECIMAL).sort((a, b) => b[1] - a[1])) {
    const scaled = exponent < 0 ? Math.round(value * 10 ** -exponent * 1e3) / 1e3 : value / 10 ** exponent;
    if (!Number.isInteger(scaled)) continue;
    return form === 'exponent' && exponent !== 0 ? `${scaled}e${exponent}` : `${scaled}${suffix}`;
  }
  return `${Math.ceil(value * 1e9)}n`;
}
