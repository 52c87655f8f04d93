/** The number beside Today, wherever it stands on the page. */
export function showDue(n: number): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-due]')) {
    place.textContent = String(n);
    place.hidden = n === 0;
  }
}
