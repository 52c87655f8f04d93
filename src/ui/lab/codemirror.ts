// The editor itself, loaded when it is opened. It lives in a shadow root, where its styles are adopted sheets and no <style> is written:
// the page's policy forbids inline styles.

import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import { parseAllDocuments } from 'yaml';

/** Whether the text is YAML, and where it stops being it. */
export interface Check {
  readonly objects: number;
  readonly fault: { readonly line: number; readonly column: number; readonly fact: string } | null;
}

export interface Field {
  readonly text: () => string;
  readonly close: () => void;
}

export function checkYaml(text: string): Check {
  const documents = parseAllDocuments(text, { prettyErrors: true });
  const list = 'empty' in documents ? [] : documents;
  for (const document of list) {
    const error = document.errors[0];
    if (!error) continue;
    const at = error.linePos?.[0];
    return {
      objects: 0,
      fault: { line: at?.line ?? 1, column: at?.col ?? 1, fact: (error.message.split(' at line')[0] ?? error.message).trim() },
    };
  }
  return { objects: list.filter((document) => document.contents !== null).length, fault: null };
}

const look = EditorView.theme({
  '&': { color: 'var(--ink)', backgroundColor: 'var(--sunk)', fontSize: '13px', height: '100%' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-gutters': { backgroundColor: 'var(--sunk)', color: 'var(--ink-2)', borderRight: '1px solid var(--rule)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--tint)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--heat-1)',
  },
});

/** As manifests look in the book: keys in the accent, the rest in ink. */
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.keyword], color: 'var(--accent)' },
  { tag: [tags.comment, tags.lineComment, tags.meta], color: 'var(--ink-2)' },
  { tag: [tags.string, tags.content, tags.number, tags.bool, tags.atom], color: 'var(--ink)' },
]);

/** Opens the editor inside an element; `onCheck` hears the verdict at once and after each change. */
export function openField(place: HTMLElement, text: string, label: string, onCheck: (check: Check) => void): Field {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        basicSetup,
        yaml(),
        look,
        syntaxHighlighting(colours),
        EditorView.contentAttributes.of({ 'aria-label': label }),
        EditorView.updateListener.of((update) => update.docChanged && onCheck(checkYaml(update.state.doc.toString()))),
      ],
    }),
  });
  onCheck(checkYaml(text));
  return { text: () => view.state.doc.toString(), close: () => view.destroy() };
}
