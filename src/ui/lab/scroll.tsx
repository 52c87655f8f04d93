// A part that scrolls by itself: it has a name and takes the focus, so that keys can scroll it.

import type { ComponentChildren, RefObject } from 'preact';

interface ScrollProps {
  readonly label: string;
  readonly class: string;
  readonly box?: RefObject<HTMLElement>;
  /** New lines are read out as they come. */
  readonly isLog?: boolean;
  readonly children: ComponentChildren;
}

export function Scroll({ label, box, isLog = false, children, ...rest }: ScrollProps) {
  return (
    <section class={rest.class} ref={box ?? null} tabIndex={0} role={isLog ? 'log' : undefined} aria-label={label}>
      {children}
    </section>
  );
}
