// Two pages, cut at the same places (blocks/Cut.astro), become rows: left and right, or one piece across both.

export interface Row {
  readonly kind: 'pair' | 'shared';
  readonly left: string;
  readonly right: string;
}

interface Piece {
  readonly kind: 'text' | 'pair' | 'shared';
  readonly html: string;
}

function piecesOf(html: string): Piece[] {
  return html
    .split(/(?=<!--cut (?:pair|shared)-->)|(?<=<!--cut-->)/)
    .map((piece) => {
      const kind = /^<!--cut (pair|shared)-->/.exec(piece)?.[1] as 'pair' | 'shared' | undefined;
      return { kind: kind ?? ('text' as const), html: piece.replace(/<!--cut(?: \w+)?-->/g, '').trim() };
    })
    .filter((piece) => piece.html !== '');
}

/** Text between two cuts that only one side has is paired with nothing, so the cuts stay in step. */
export function rowsOf(left: string, right: string): Row[] {
  const [a, b] = [piecesOf(left), piecesOf(right)];
  const rows: Row[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [l, r] = [a[i], b[j]];
    if (l && r && l.kind === r.kind) {
      rows.push({ kind: l.kind === 'shared' ? 'shared' : 'pair', left: l.html, right: l.kind === 'shared' ? '' : r.html });
      i++;
      j++;
    } else if (l && (l.kind === 'text' || !r)) {
      rows.push({ kind: 'pair', left: l.html, right: '' });
      i++;
    } else if (r) {
      rows.push({ kind: 'pair', left: '', right: r.html });
      j++;
    }
  }
  return rows;
}
