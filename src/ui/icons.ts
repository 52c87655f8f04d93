// Own icons on a 16 px grid: the inside of an <svg viewBox="0 0 16 16">, drawn with round strokes of 1.5 px in the colour of the text.
// An icon always stands beside a word or inside something that has an accessible name.

export const icons = {
  book: '<path d="M8 4c-1.5-1.3-3.5-1.5-6-1.5v10c2.5 0 4.5.2 6 1.5 1.5-1.3 3.5-1.5 6-1.5v-10c-2.5 0-4.5.2-6 1.5Zm0 0v10"/>',
  bury: '<path d="M8 2v7M5 6.5 8 9.5l3-3M2.5 13h11"/>',
  cards: '<rect x="2" y="5" width="9" height="9" rx="1"/><path d="M5 2.5h8.5V11"/>',
  cause: '<path d="M3 3v4a3 3 0 0 0 3 3h6M9 7l3 3-3 3"/><circle cx="3" cy="3" r="1" fill="currentColor"/>',
  check: '<path d="m3 8.5 3.5 3.500L13 4.5"/>',
  close: '<path d="m4 4 8 8M12 4l-8 8"/>',
  copy: '<rect x="5.5" y="5.5" width="8" height="8" rx="1"/><path d="M3 10.5H2.5v-8h8V3"/>',
  cut: '<path d="M2 8h3M11 8h3M6.5 11l3-6"/>',
  event: '<path d="M2 8h8M7 5l3 3-3 3M13.5 3v10"/>',
  flag: '<path d="M4 14V2.5h8L10 6l2 3.5H4"/>',
  fork: '<circle cx="4" cy="3" r="1.5"/><circle cx="4" cy="13" r="1.5"/><circle cx="12" cy="6" r="1.5"/><path d="M4 4.5v7M12 7.5c0 2.5-8 1-8 4"/>',
  lab: '<path d="M6 2h4M7 2v4.5L3 13.5h10L9 6.5V2M5 10.5h6"/>',
  more: '<path d="M3 8h.01M8 8h.01M13 8h.01"/>',
  open: '<path d="M9 3h4v4M13 3 7.5 8.500M11 9.500V13H3V5h3.5"/>',
  play: '<path d="M4.5 2.5v11l9-5.5Z" fill="currentColor"/>',
  power: '<path d="M8 1.5v6M4.5 4a5.5 5.5 0 1 0 7 0"/>',
  search: '<circle cx="7" cy="7" r="4.5"/><path d="m10.5 10.5 4 4"/>',
  settle: '<path d="M2 5.5c2-3.5 3 3.5 5 0s2 1.5 3.5 1.5H14M2 12h12"/>',
  share: '<path d="M6.5 9.5 9.5 6.5M7 4.5l1.5-1.5a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5 7.5 13A3 3 0 0 1 3 8.5L4.5 7"/>',
  sides: '<path d="M2 3h5v10H2zM9 3h5v10H9zM4 6h1M4 8.500h1M11 6h1M11 8.500h1"/>',
  start: '<path d="M3 3v10M13 3.5 6 8l7 4.5Z"/>',
  suspend: '<circle cx="8" cy="8" r="5.5"/><path d="M6.5 6v4M9.5 6v4"/>',
  theme: '<circle cx="8" cy="8" r="5.5"/><path d="M8 2.5v11a5.5 5.5 0 0 0 0-11Z" fill="currentColor"/>',
  undo: '<path d="M5.5 3 2.5 6l3 3M2.5 6H10a3.5 3.5 0 0 1 0 7H6"/>',
  warn: '<path d="M8 2 1.5 13.5h13ZM8 6.5v3.5M8 12v.01"/>',
  zoom: '<path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"/>',
} as const;

export type IconName = keyof typeof icons;
