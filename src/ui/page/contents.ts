// The contents follow the reader: the last section whose head has passed the upper third of the window is “here”.

const heads = [...document.querySelectorAll<HTMLElement>('main h2[id]')];
let here = '';

/** Id of the section being read; '' in the opening. */
export const currentSection = (): string => here;

function look(): void {
  const limit = innerHeight / 3;
  const passed = heads.filter((head) => head.getBoundingClientRect().top < limit);
  const atEnd = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  const id = (atEnd ? heads.at(-1) : passed.at(-1))?.id ?? '';
  if (id === here) return;
  here = id;
  for (const link of document.querySelectorAll('.toc [href^="#"]')) {
    if (link.getAttribute('href') === `#${id}`) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  }
  document.dispatchEvent(new CustomEvent('ordinal:section', { detail: id }));
}

/** Scrolls the sidebar, and only the sidebar, to the present page. */
function showPlace(): void {
  const side = document.querySelector<HTMLElement>('.side');
  const link = side?.querySelector<HTMLElement>('[aria-current]');
  if (side && link && link.offsetTop + link.offsetHeight > side.clientHeight)
    side.scrollTop = link.offsetTop - side.clientHeight / 2;
}

export function startContents(): void {
  if (heads.length === 0) return;
  let waiting = false;
  const soon = (): void => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      look();
    });
  };
  addEventListener('scroll', soon, { passive: true });
  addEventListener('resize', soon, { passive: true });
  look();
  showPlace();
}
