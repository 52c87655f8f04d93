// Copy buttons are of no use without a script, so they stand hidden in the page until there is one.

export function startCopy(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-copy]')) {
    button.hidden = false;
    const name = button.getAttribute('aria-label') ?? '';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(
        button.dataset['copy'] || (button.closest('.box')?.querySelector('pre')?.textContent ?? ''),
      );
      button.classList.add('ok');
      button.setAttribute('aria-label', button.dataset['done'] ?? name);
      setTimeout(() => {
        button.classList.remove('ok');
        button.setAttribute('aria-label', name);
      }, 1500);
    });
  }
}
