// Break…: a menu of what can go wrong, for machines and for containers.

import { useId, useRef, useState } from 'preact/hooks';
import type { ContainerFault } from '../../scenario/scenario.ts';
import type { Input } from '../../scenario/timeline.ts';
import { Icon } from './icon.tsx';
import type { Lab } from './lab.ts';

export function Faults({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const act = (input: Input) => {
    lab.input(input);
    box.current?.hidePopover();
  };
  return (
    <>
      <button type="button" class="btn" popovertarget={id} title={t.break} aria-label={t.break}>
        <Icon name="cut" />
        <span class="lbl">{t.break}</span>
      </button>
      <div
        class="pop breaks"
        popover="auto"
        id={id}
        ref={box}
        role="dialog"
        aria-label={t.breakTitle}
        onToggle={(event) => setOpen(event.newState === 'open')}
      >
        {open ? <Choices lab={lab} act={act} /> : null}
      </div>
    </>
  );
}

function Choices({ lab, act }: { readonly lab: Lab; readonly act: (input: Input) => void }) {
  const { t } = lab.words;
  const { nodes, unplaced } = lab.cluster.value;
  return (
    <>
      <h2 class="cap">{t.breakTitle}</h2>
      <ul class="faults">
        {nodes.map((node) => (
          <li key={node.key}>
            <code class="nb">{node.name}</code>
            <button type="button" class="btn" onClick={() => act({ node: node.name, power: node.power ? 'off' : 'on' })}>
              <Icon name="power" />
              {node.power ? t.powerOff : t.powerOn}
            </button>
            <button type="button" class="btn" onClick={() => act({ node: node.name, network: node.network ? 'off' : 'on' })}>
              <Icon name="net" />
              {node.network ? t.networkOff : t.networkOn}
            </button>
          </li>
        ))}
      </ul>
      <Containers
        lab={lab}
        act={act}
        names={podNames(lab)}
        empty={nodes.every((node) => node.count === 0) && unplaced.count === 0}
      />
    </>
  );
}

/** Pods that can have a running program: bound to a node. */
function podNames(lab: Lab): readonly { readonly name: string; readonly namespace: string }[] {
  return lab.scene.value
    .list('pods')
    .filter((pod) => pod.spec?.nodeName !== undefined)
    .map((pod) => ({ name: pod.metadata.name, namespace: pod.metadata.namespace ?? 'default' }));
}

const ACTIONS: readonly ContainerFault[] = ['crash', 'freeze', 'thaw', 'sick', 'well'];

interface ContainersProps {
  readonly lab: Lab;
  readonly act: (input: Input) => void;
  readonly names: ReturnType<typeof podNames>;
  readonly empty: boolean;
}

function Containers({ lab, act, names, empty }: ContainersProps) {
  const { t } = lab.words;
  const [chosen, setChosen] = useState(0);
  const pod = names[Math.min(chosen, names.length - 1)];
  if (empty || !pod) return <p class="muted">{t.noContainers}</p>;
  const namespace = pod.namespace === 'default' ? {} : { namespace: pod.namespace };
  return (
    <div class="cont">
      <label>
        {t.container}{' '}
        <select class="btn" value={String(chosen)} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
          {names.map(({ name }, i) => (
            <option value={String(i)}>{name}</option>
          ))}
        </select>
      </label>
      <div class="acts">
        {ACTIONS.map((action) => (
          <button
            type="button"
            class="btn"
            key={action}
            onClick={() => act({ container: action, pod: pod.name, ...namespace })}
          >
            {t[action]}
          </button>
        ))}
      </div>
    </div>
  );
}
