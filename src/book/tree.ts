// Reading the HTML tree that the Markdown engine makes of a page: attributes, text, walking. Nothing is changed here.
import type { HastNode } from 'satteri';

export type Node = HastNode;
export type Jsx = Extract<HastNode, { type: 'mdxJsxFlowElement' | 'mdxJsxTextElement' }>;
export type Element = Extract<HastNode, { type: 'element' }>;

export const isJsx = (node: Node): node is Jsx => node.type === 'mdxJsxFlowElement' || node.type === 'mdxJsxTextElement';
export const isElement = (node: Node, name?: string): node is Element =>
  node.type === 'element' && (name === undefined || node.tagName === name);

export const childrenOf = (node: Node): readonly Node[] => ('children' in node ? (node.children as Node[]) : []);

export const lineOf = (node: Node): number => node.position?.start.line ?? 0;

/** The attributes of a block that are plain strings; an attribute without a value is ''. */
export function attributesOf(node: Jsx): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const attribute of node.attributes) {
    if (attribute.type !== 'mdxJsxAttribute') continue;
    if (attribute.value === null || attribute.value === undefined) found[attribute.name] = '';
    else if (typeof attribute.value === 'string') found[attribute.name] = attribute.value;
  }
  return found;
}

/** Every node below (and with) `node`, in document order. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

/** A fenced code block: its language, what stands behind it on the fence line, and its text. */
export function fenceOf(node: Node): { language: string; meta: string; code: string } | undefined {
  if (!isElement(node, 'pre')) return undefined;
  const code = childrenOf(node).find((child) => isElement(child, 'code'));
  if (!code) return undefined;
  const data = (code.data ?? {}) as { lang?: string | null; meta?: string | null };
  const text = [...walk(code)].map((part) => (part.type === 'text' ? part.value : '')).join('');
  return { language: data.lang ?? 'text', meta: data.meta ?? '', code: text.replace(/\n$/, '') };
}
