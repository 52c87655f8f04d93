// Icons of labs: the house's own, and a few that only labs need.

import { icons } from '../icons.ts';

const own = {
  pause: '<path d="M5 3v10M11 3v10" stroke-width="2.5"/>',
  back: '<path d="M14 8H6M9 5 6 8l3 3M2.5 3v10"/>',
  edit: '<path d="M10.5 3 13 5.500 6 12.500l-3.500 1 1-3.500ZM9 4.500 11.500 7"/>',
  less: '<path d="M3 8h10"/>',
  plus: '<path d="M3 8h10M8 3v10"/>',
  net: '<path d="M2 6a9 9 0 0 1 12 0M4.500 9a5 5 0 0 1 7 0M8 12.500v.01" />',
  text: '<path d="M3 4h10M3 8h10M3 12h6"/>',
} as const;

export type LabIcon = keyof typeof own | keyof typeof icons;

export function Icon({ name }: { readonly name: LabIcon }) {
  const inside = name in own ? own[name as keyof typeof own] : icons[name as keyof typeof icons];
  return <svg class="ic" viewBox="0 0 16 16" aria-hidden="true" dangerouslySetInnerHTML={{ __html: inside }} />;
}
