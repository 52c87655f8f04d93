// What MDX needs to know before Astro renders a concept page. Works on the HTML tree, once for each file:
// blocks learn their page and language, sections their ordinal, fenced code becomes a component, tables get row heads.
// Han characters on two source lines are joined, because a browser draws a gap where Chinese has none.
import type { HastNode, HastPluginDefinition, HastVisitorContext, PluginFactoryContext } from 'satteri';
import { conceptOf, placeOf } from './place.ts';
import { piecesAtNames } from './text.ts';

const blockNames = ['Term', 'Recall', 'Cloze', 'Blank', 'Lab', 'Predict', 'Manifest', 'Erratum', 'Compare', 'Console'];
const han = String.raw`[\p{Script=Han}\u3000-\u303f\uff00-\uffef「」]`;
const brokenLine = new RegExp(`(?<=${han})[ \\t]*\\n[ \\t]*(?=${han})`, 'gu');

type Jsx = Extract<HastNode, { type: 'mdxJsxFlowElement' | 'mdxJsxTextElement' }>;
type Element = Extract<HastNode, { type: 'element' }>;
type Text = Extract<HastNode, { type: 'text' }>;

const attribute = (name: string, value: string) => ({ type: 'mdxJsxAttribute' as const, name, value });

function withPlace(lang: string, slug: string) {
  return (node: Readonly<Jsx>, ctx: HastVisitorContext) => {
    ctx.setProperty(node, 'lang', lang);
    ctx.setProperty(node, 'slug', slug);
  };
}

/** ` ```console scenario=x ` and every other fence become `<Console code scenario? language />`. */
function fenceToBlock(lang: string, slug: string) {
  return (node: Readonly<Element>, ctx: HastVisitorContext): HastNode | undefined => {
    const code = node.children.find((child): child is Element => child.type === 'element' && child.tagName === 'code');
    if (!code) return undefined;
    const { lang: language = 'text', meta = '' } = (code.data ?? {}) as { lang?: string; meta?: string };
    const scenario = /\bscenario=(\S+)/.exec(meta ?? '')?.[1];
    const attributes = [
      attribute('language', language),
      attribute('code', ctx.textContent(code).replace(/\n$/, '')),
      attribute('lang', lang),
      attribute('slug', slug),
    ];
    if (scenario) attributes.push(attribute('scenario', scenario));
    return { type: 'mdxJsxFlowElement', name: 'Console', attributes, children: [] };
  };
}

/** Joins broken lines of Chinese and keeps names such as db-0 on one line; fenced code stays as it is. */
function joinAndHold(node: Readonly<Text>, ctx: HastVisitorContext): void {
  const parent = ctx.parent(node);
  const above = parent && parent.type !== 'root' ? ctx.parent(parent) : undefined;
  if (above?.type === 'element' && above.tagName === 'pre') return;
  const pieces = piecesAtNames(node.value.replace(brokenLine, '')).map((value, index): HastNode => {
    const text = { type: 'text' as const, value };
    return index % 2 === 0 ? text : { type: 'element', tagName: 'span', properties: { className: ['nb'] }, children: [text] };
  });
  const kept = pieces.filter((piece) => piece.type !== 'text' || piece.value !== '');
  const [only] = kept;
  if (kept.length > 1 || only?.type !== 'text' || only.value !== node.value) ctx.replaceNode(node, kept);
}

/** The first column of a body row names the row; on a phone every other cell repeats its column's head. */
function headCells(node: Readonly<Element>, ctx: HastVisitorContext): void {
  const rows = (of: Readonly<Element>, name: string): Element[] =>
    of.children.filter((child): child is Element => child.type === 'element' && child.tagName === name);
  const heads = rows(node, 'thead')
    .flatMap((head) => rows(head, 'tr'))
    .flatMap((row) => rows(row, 'th'));
  for (const head of heads) {
    if (ctx.textContent(head).trim() === '') ctx.replaceNode(head, { ...head, tagName: 'td', properties: {} });
    else ctx.setProperty(head, 'scope', 'col');
  }
  for (const row of rows(node, 'tbody').flatMap((body) => rows(body, 'tr'))) {
    const [first, ...others] = rows(row, 'td');
    if (first) ctx.replaceNode(first, { ...first, tagName: 'th', properties: { scope: 'row' } });
    others.forEach((cell, index) => {
      const head = heads[index + 1];
      if (head) ctx.setProperty(cell, 'dataH', ctx.textContent(head));
    });
  }
}

export function bookPlugin(file: PluginFactoryContext): HastPluginDefinition | undefined {
  const place = placeOf(file.fileURL?.pathname ?? '');
  if (!place) return undefined;
  const tell = withPlace(place.lang, place.slug);
  let ordinal = 0;
  return {
    name: 'ordinal-book',
    element: [
      { filter: ['pre'], visit: fenceToBlock(place.lang, place.slug) },
      { filter: ['table'], visit: headCells },
      {
        // Written `../recreate/`, so that both languages say the same; a page has more than one address, so the whole path is needed.
        filter: ['a'],
        visit(node, ctx) {
          const to = conceptOf(String(node.properties['href'] ?? ''));
          if (to) ctx.setProperty(node, 'href', `/${place.lang}/concepts/${to.slug}/${to.section ? `#${to.section}` : ''}`);
        },
      },
      {
        filter: ['h2'],
        visit(node, ctx) {
          ctx.setProperty(node, 'dataN', String(ordinal));
          ctx.setProperty(node, 'dataLang', place.lang);
          ordinal += 1;
        },
      },
    ],
    mdxJsxFlowElement: { filter: blockNames, visit: tell },
    mdxJsxTextElement: { filter: blockNames, visit: tell },
    text: joinAndHold,
  };
}
