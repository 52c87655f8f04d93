// Labs and predictions wait until the reader starts them; then the simulator is loaded, once for the page.

const modules = import.meta.glob<{
  mountLab(element: HTMLElement, options: { scenario: string; lang: 'en' | 'zh'; compact: boolean }): Promise<void>;
  mountPredict(
    element: HTMLElement,
    options: { scenario: string; id: string; lang: 'en' | 'zh'; choice: number },
  ): Promise<void>;
}>('../lab/mount.ts');

const load = () => modules['../lab/mount.ts']?.();

export function startLabs(): void {
  const lang = document.documentElement.dataset['lang'] === 'zh' ? 'zh' : 'en';
  for (const link of document.querySelectorAll<HTMLAnchorElement>('[data-start]')) {
    const stage = link.closest<HTMLElement>('[data-lab]');
    link.addEventListener('pointerenter', () => void load(), { once: true });
    link.addEventListener('click', async (event) => {
      if (!stage || event.ctrlKey || event.metaKey || event.shiftKey || !modules['../lab/mount.ts']) return;
      event.preventDefault();
      link.setAttribute('aria-busy', 'true');
      const box = stage.closest<HTMLElement>('section') ?? stage;
      const lab = await load();
      const hadFocus = document.activeElement === link;
      await lab?.mountLab(box, { scenario: stage.dataset['lab'] ?? '', lang, compact: true });
      if (hadFocus) box.querySelector<HTMLElement>('button.main')?.focus({ preventScroll: true });
    });
  }
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-predict]')) {
    form.addEventListener('focusin', () => void load(), { once: true });
    form.addEventListener('submit', async (event) => {
      if (!modules['../lab/mount.ts']) return;
      event.preventDefault();
      const choice = Number(new FormData(form).values().next().value ?? 0);
      const lab = await load();
      await lab?.mountPredict(form, {
        scenario: form.dataset['scenario'] ?? '',
        id: form.dataset['predict'] ?? '',
        lang,
        choice,
      });
    });
  }
}
