// Settings of the review: options, and the log as a file.

import { type JSX, render } from 'preact';
import { reviewWords } from '../../i18n/review.ts';
import { inLang } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import { openReview } from '../storage/open.ts';
import type { ReviewStore } from '../storage/store.ts';
import { Backup } from './backup.tsx';
import { OptionsForm } from './options.tsx';

export async function mountSettings(place: HTMLElement, lang: Lang): Promise<void> {
  const store = await openReview({});
  place.replaceChildren();
  render(<Settings store={store} lang={lang} />, place);
}

function Settings({ store, lang }: { readonly store: ReviewStore; readonly lang: Lang }): JSX.Element {
  const t = inLang(reviewWords, lang);
  return (
    <>
      {store.log.isKept ? null : (
        <div class="note warn">
          <p>{t.notKept}</p>
        </div>
      )}
      <OptionsForm store={store} lang={lang} />
      <Backup store={store} lang={lang} />
    </>
  );
}
