// The manifest editor: files of the scenario and the reader's own. CodeMirror arrives when this opens; without it a plain field works too.

import { useEffect, useRef, useState } from 'preact/hooks';
import { fill } from '../../i18n/twins.ts';
import type { Check, Field } from './codemirror.ts';
import type { Lab } from './lab.ts';
import type { Player } from './player.ts';

interface EditorProps {
  readonly lab: Lab;
  readonly player: Player;
}

const NEW_NAME = 'new.yaml';

export function Editor({ lab, player }: EditorProps) {
  const { t } = lab.words;
  lab.version.value;
  const files = lab.run.files;
  const names = Object.keys(files);
  const [name, setName] = useState(names[0] ?? NEW_NAME);
  const [check, setCheck] = useState<Check | null>(null);
  const [state, setState] = useState<'loading' | 'open' | 'failed'>('loading');
  const place = useRef<HTMLDivElement>(null);
  const field = useRef<Field | null>(null);
  useEffect(() => {
    let alive = true;
    setState('loading');
    import('./codemirror.ts')
      .then(({ openField }) => {
        if (!alive || !place.current) return;
        field.current = openField(place.current, lab.run.files[name] ?? '', t.editor, setCheck);
        setState('open');
      })
      .catch(() => alive && setState('failed'));
    return () => {
      alive = false;
      field.current?.close();
      field.current = null;
    };
  }, [name, lab, t]);
  const keep = () => {
    const text = field.current?.text() ?? '';
    if (text !== (lab.run.files[name] ?? '')) lab.input({ file: name, text });
  };
  const apply = () => {
    keep();
    const output = lab.input({ run: `kubectl apply -f ${name}` });
    if (output !== null && lab.run.outputs[output]?.endMs === null) player.playUntilEnd(output);
  };
  const open = (other: string) => {
    keep();
    setName(other);
  };
  const close = () => {
    keep();
    lab.editing.value = false;
  };
  const add = () => {
    let n = 1;
    while (names.includes(n === 1 ? NEW_NAME : `new-${n}.yaml`)) n++;
    open(n === 1 ? NEW_NAME : `new-${n}.yaml`);
  };
  return (
    <section class="box editor" aria-label={t.editor}>
      <header>
        <label>
          <span class="vh">{t.file}</span>
          <select class="btn" value={name} onChange={(event) => open(event.currentTarget.value)}>
            {(names.includes(name) ? names : [...names, name]).map((one) => (
              <option value={one}>{one}</option>
            ))}
          </select>
        </label>
        <button type="button" class="btn bare" onClick={add}>
          {t.newFile}
        </button>
        <span class="end">
          <button type="button" class="btn" onClick={keep}>
            {t.save}
          </button>
          <button type="button" class="btn main" onClick={apply}>
            {t.apply}
          </button>
          <button type="button" class="btn bare" onClick={close}>
            {t.close}
          </button>
        </span>
      </header>
      <div class="field" ref={place} />
      <Verdict lab={lab} state={state} check={check} />
    </section>
  );
}

function Verdict({
  lab,
  state,
  check,
}: {
  readonly lab: Lab;
  readonly state: 'loading' | 'open' | 'failed';
  readonly check: Check | null;
}) {
  const { t } = lab.words;
  if (state !== 'open' || check === null) {
    return (
      <p class="verdict" role="status">
        {state === 'failed' ? t.editorFailed : t.editorLoading}
      </p>
    );
  }
  return (
    <p class={check.fault ? 'verdict bad' : 'verdict'} role="status">
      {check.fault
        ? `${fill(t.yamlBad, { ...check.fault })} ${t.yamlNext}`
        : check.objects === 0
          ? t.yamlEmpty
          : fill(t.yamlGood, { n: check.objects })}{' '}
      <span class="muted">{t.leaveEditor}</span>
    </p>
  );
}
