// The number of due cards beside “Today”, and predictions of a page that count as reviews. Readers without a review log load nothing.

const hasLog = (): boolean => {
  try {
    return localStorage.getItem('ordinal.log') !== null;
  } catch {
    return false;
  }
};

interface Predicted {
  readonly id: string;
  readonly choice: number;
  readonly answer: number;
}

export function startDue(): void {
  const lang = document.documentElement.dataset['lang'] === 'zh' ? 'zh' : 'en';
  const load = () => import('../storage/due.ts');
  const show = async (): Promise<void> => {
    const { dueCount, showStands } = await load();
    void showStands(lang);
    const due = await dueCount(lang);
    for (const place of document.querySelectorAll<HTMLElement>('[data-due]')) {
      place.textContent = String(due);
      place.hidden = due === 0;
    }
  };
  // The review and the deck show the number themselves.
  const showsItself = document.querySelector('#review, [data-deck]') !== null;
  if (hasLog() && !showsItself) (globalThis.requestIdleCallback ?? setTimeout)(() => void show());
  const slug = document.querySelector<HTMLElement>('[data-concept]')?.dataset['concept'];
  const openedAt = performance.now();
  document.addEventListener('ordinal:predicted', async (event) => {
    const { id, choice, answer } = (event as CustomEvent<Predicted>).detail;
    if (!slug) return;
    const { recordPrediction } = await load();
    await recordPrediction({
      card: `${slug}/${id}`,
      lang,
      isRight: choice === answer,
      choice,
      tookMs: Math.min(60_000, Math.round(performance.now() - openedAt)),
    });
    await show();
  });
}
