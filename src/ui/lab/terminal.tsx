// A terminal for kubectl: what was typed and printed, and a line to type on. ↑ ↓ walk the history, Tab completes.

import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { fill } from '../../i18n/twins.ts';
import type { Output } from '../../scenario/timeline.ts';
import { Icon } from './icon.tsx';
import type { Lab } from './lab.ts';
import type { Player } from './player.ts';
import { Scroll } from './scroll.tsx';
import { inputTextOf } from './words.ts';

/** Outputs kept on the screen; older ones are in the log. */
const SHOWN = 120;

interface TerminalProps {
  readonly lab: Lab;
  readonly player: Player;
}

export function Terminal({ lab, player }: TerminalProps) {
  const { t } = lab.words;
  return (
    <section class="tty" aria-label={t.terminal}>
      <Screen lab={lab} />
      <CommandLine lab={lab} player={player} />
    </section>
  );
}

function Screen({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const screen = useRef<HTMLElement>(null);
  lab.version.value;
  const outputs = lab.run.outputs;
  const last = outputs.at(-1);
  const size = `${outputs.length} ${last?.out.length} ${last?.err.length} ${last?.endMs}`;
  useLayoutEffect(() => {
    if (screen.current) screen.current.scrollTop = screen.current.scrollHeight;
  }, [size]);
  const first = Math.max(0, outputs.length - SHOWN);
  return (
    <Scroll class="screen" box={screen} isLog label={t.terminalOut}>
      {outputs.slice(first).map((output, i) => (
        <Entry key={first + i} lab={lab} output={output} index={first + i} />
      ))}
    </Scroll>
  );
}

function Entry({ lab, output, index }: { readonly lab: Lab; readonly output: Output; readonly index: number }) {
  const { t } = lab.words;
  const { input } = output;
  const command = 'run' in input ? input.run : 'watch' in input ? input.watch : null;
  if (command === null) {
    if ('settle' in input || 'wait' in input || 'mark' in input || 'script' in input || 'cancel' in input) return null;
    if ('dns' in input) return <Dns output={output} name={input.dns} type={input.type} />;
    if ('file' in input) return <p class="did">{fill(t.kept, { file: input.file })}</p>;
    return (
      <>
        <p class="did">{inputTextOf(input as unknown as Record<string, unknown>, t)}</p>
        {output.err ? <pre class="err">{output.err}</pre> : null}
      </>
    );
  }
  return (
    <div class="run">
      <p class="cmd">
        <span class="prompt" aria-hidden="true">
          ${' '}
        </span>
        <b>{command}</b>
      </p>
      {output.err ? <pre class="err">{output.err.trimEnd()}</pre> : null}
      {output.out ? <pre>{output.out.trimEnd()}</pre> : null}
      {output.endMs === null ? (
        <p class="did">
          {t.running}…{' '}
          <button type="button" class="btn bare" onClick={() => lab.input({ cancel: index })}>
            {t.interrupt}
          </button>
        </p>
      ) : null}
    </div>
  );
}

function Dns({ output, name, type }: { readonly output: Output; readonly name: string; readonly type: string }) {
  const { status = '', answers = [] } = output.answers ?? {};
  return (
    <div class="run">
      <p class="cmd">
        <b>{`dns ${name} ${type}`}</b>
      </p>
      <pre>{[status, ...answers].join('\n')}</pre>
    </div>
  );
}

function CommandLine({ lab, player }: TerminalProps) {
  const { t } = lab.words;
  const field = useRef<HTMLInputElement>(null);
  const [offers, setOffers] = useState<readonly string[]>([]);
  const history = useRef<{ lines: string[]; at: number }>({ lines: [], at: 0 });
  lab.version.value;
  const past = lab.nowMs < lab.headMs;
  const show = (text: string) => {
    if (field.current) field.current.value = text;
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const line = field.current?.value.trim() ?? '';
    if (line === '') return;
    history.current.lines.push(line);
    history.current.at = history.current.lines.length;
    show('');
    setOffers([]);
    const output = lab.input({ run: line });
    if (output !== null && lab.run.outputs[output]?.endMs === null) player.playUntilEnd(output);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab' && !event.shiftKey && complete(lab, field.current, setOffers)) event.preventDefault();
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      event.preventDefault();
      show(walk(history.current, event.key === 'ArrowUp' ? -1 : 1));
    } else if (event.key === 'c' && event.ctrlKey && field.current?.selectionStart === field.current?.selectionEnd)
      interrupt(lab);
  };
  return (
    <form class="line" onSubmit={submit}>
      {offers.length > 1 ? (
        <p class="offers" role="status" aria-label={t.completions}>
          {offers.slice(0, 40).join('  ')}
        </p>
      ) : null}
      {past ? <p class="did">{t.atPast}</p> : null}
      <label>
        <span class="prompt" aria-hidden="true">
          $
        </span>
        <span class="vh">{t.command}</span>
        <input
          ref={field}
          type="text"
          spellcheck={false}
          autocapitalize="off"
          autocomplete="off"
          autocorrect="off"
          enterkeyhint="go"
          placeholder={t.terminalHint}
          onKeyDown={onKeyDown}
          onInput={() => setOffers([])}
        />
        <button
          type="button"
          class="btn bare"
          onClick={() => (lab.editing.value = !lab.editing.value)}
          aria-pressed={lab.editing.value}
        >
          <Icon name="edit" />
          <span class="lbl">{t.edit}</span>
        </button>
      </label>
    </form>
  );
}

function interrupt(lab: Lab): void {
  const running = lab.run.outputs.findLastIndex(
    (output) => output.endMs === null && ('run' in output.input || 'watch' in output.input),
  );
  if (running >= 0) lab.input({ cancel: running });
}

/** The line before or after in the history; '' beyond its end. */
function walk(history: { readonly lines: readonly string[]; at: number }, by: number): string {
  history.at = Math.max(0, Math.min(history.lines.length, history.at + by));
  return history.lines[history.at] ?? '';
}

/** Completes the word before the cursor as far as all offers agree; false when there is nothing to complete, so that Tab moves on. */
function complete(lab: Lab, field: HTMLInputElement | null, offer: (words: readonly string[]) => void): boolean {
  const cursor = field?.selectionStart ?? 0;
  if (!field || field.value === '') return false;
  const typed = field.value.slice(0, cursor);
  const start = typed.search(/\S*$/);
  const words = lab.run.complete(typed);
  if (words.length === 0) return false;
  let common = words[0] as string;
  for (const word of words) while (!word.startsWith(common)) common = common.slice(0, -1);
  const done = words.length === 1 && !common.endsWith('=') && !common.endsWith('/') ? `${common} ` : common;
  const before = field.value.slice(0, start) + done;
  if (before === typed && words.length === 1) return false;
  field.value = before + field.value.slice(cursor);
  field.setSelectionRange(before.length, before.length);
  offer(words);
  return true;
}
