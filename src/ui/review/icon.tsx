// The house's icons for islands in Preact.

import type { JSX } from 'preact';
import { type IconName, icons } from '../icons.ts';

export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return <svg class="ic" viewBox="0 0 16 16" aria-hidden="true" dangerouslySetInnerHTML={{ __html: icons[name] }} />;
}
