// A page that is one lab: mounts it in `[data-lab-page]`. `?before=<step>` opens it at a question.

import { isLang } from '../../i18n/locales.ts';
import { mountLab } from './mount.ts';

const place = document.querySelector<HTMLElement>('[data-lab-page]');
const lang = document.documentElement.dataset['lang'];
if (place && isLang(lang)) {
  const before = new URLSearchParams(location.search).get('before');
  void mountLab(place, {
    scenario: place.dataset['labPage'] ?? '',
    lang,
    compact: false,
    ...(before !== null && { until: before }),
  });
}
