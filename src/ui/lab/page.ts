// A page that is one lab: mounts it in `[data-lab-page]`. `?watch=<prediction>` shows the run that answers it.

import { isLang } from '../../i18n/locales.ts';
import { mountLab } from './mount.ts';

const place = document.querySelector<HTMLElement>('[data-lab-page]');
const lang = document.documentElement.dataset['lang'];
if (place && isLang(lang)) {
  const watch = new URLSearchParams(location.search).get('watch');
  void mountLab(place, {
    scenario: place.dataset['labPage'] ?? '',
    lang,
    compact: false,
    ...(watch !== null && { watch }),
  });
}
