// Card faces are HTML made at build time. They are data all the same: only a few tags and no attribute that could act are let in.

import type { VNode } from 'preact';
import { h } from 'preact';

const tags = new Set(
  'A ABBR B BLOCKQUOTE BR CODE DEL DFN EM I KBD LI MARK OL P PRE S SAMP SPAN STRONG SUB SUP TABLE TBODY TD TH THEAD TR UL VAR'.split(
    ' ',
  ),
);
const attributes = new Set(['class', 'lang', 'title', 'translate', 'colspan', 'rowspan']);
/** Own pages and https only. */
const isSafeLink = (href: string): boolean => /^(\/(?!\/)|#|https:\/\/)/.test(href);

type Child = VNode<object> | string;

/** The face as nodes of the interface. A tag that is not let in gives its text. */
export function nodesOf(html: string): Child[] {
  return childrenOf(new DOMParser().parseFromString(html, 'text/html').body);
}

function childrenOf(parent: Element): Child[] {
  return [...parent.childNodes].flatMap((node): Child[] => {
    if (node instanceof Text) return [node.data];
    if (!(node instanceof Element) || /^(SCRIPT|STYLE|TEMPLATE)$/.test(node.tagName)) return [];
    const children = childrenOf(node);
    return tags.has(node.tagName) ? [h(node.tagName.toLowerCase(), propsOf(node), children) as VNode<object>] : children;
  });
}

function propsOf(element: Element): Record<string, string> {
  const props: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    if (attributes.has(name) || (name === 'href' && isSafeLink(value))) props[name] = value;
  }
  // A console scrolls sideways inside itself, so the keyboard must reach it.
  if (element.tagName === 'PRE') props['tabindex'] = '0';
  return props;
}

/** The text of a face, for names and notices. */
export function plainText(html: string): string {
  return (new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '').trim();
}
