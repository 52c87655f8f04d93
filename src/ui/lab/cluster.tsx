// The cluster picture: nodes with their Pods as lists of buttons, and a line for each workload, Service, budget and Lease.
// It draws what the view returns and knows no Kubernetes.

import type { ComponentChildren } from 'preact';
import { count, fill } from '../../i18n/twins.ts';
import type { NodePicture, PodGroup, ShownPod } from '../../view/cluster.ts';
import type { PodState } from '../../view/pod.ts';
import { shortNameOf } from '../../view/scene.ts';
import { Icon } from './icon.tsx';
import type { Lab } from './lab.ts';

export function Cluster({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const picture = lab.cluster.value;
  return (
    <section class="box cluster" aria-label={t.cluster}>
      <div class="nodes">
        {picture.nodes.map((node) => (
          <NodeBox key={node.key} node={node} lab={lab} />
        ))}
        {picture.unplaced.count > 0 ? (
          <div class="node none">
            <header>
              <span class="muted">{t.unplaced}</span>
            </header>
            <Pods lab={lab} name={t.unplaced} pods={picture.unplaced.pods} groups={picture.unplaced.groups} />
          </div>
        ) : null}
      </div>
      <Lines lab={lab} />
    </section>
  );
}

function NodeBox({ node, lab }: { readonly lab: Lab; readonly node: NodePicture }) {
  const { t } = lab.words;
  const off = !node.power || !node.network;
  const power = () => lab.input({ node: node.name, power: node.power ? 'off' : 'on' });
  const toggle = node.power ? t.powerOff : t.powerOn;
  return (
    <div class={off || !node.ready ? 'node off' : 'node'}>
      <header>
        <button type="button" class="name" aria-pressed={isChosen(lab, node.uid)} onClick={() => lab.choose({ uid: node.uid })}>
          <code class="nb">{node.name}</code>
          <span class={`word ${node.ready ? 'ready' : 'failed'}`}>{node.word.replaceAll(',', ',\u200b')}</span>
          {off ? <span class="word failed">{node.power ? t.noNetwork : t.noPower}</span> : null}
        </button>
        <button type="button" class="btn" aria-label={`${toggle} ${node.name}`} title={toggle} onClick={power}>
          <Icon name="power" />
          <span class="lbl">{toggle}</span>
        </button>
      </header>
      <Pods lab={lab} name={fill(t.podsOn, { node: node.name })} pods={node.pods} groups={node.groups} ghosts={node.ghosts} />
    </div>
  );
}

const isChosen = (lab: Lab, uid: string): boolean => {
  const chosen = lab.chosen.value;
  return chosen !== null && 'uid' in chosen && chosen.uid === uid;
};

/** What only the machine knows of a Pod, in words. */
const marksOf = (pod: { readonly leads: boolean; readonly frozen: boolean }, { words: { t } }: Lab): string =>
  [pod.leads ? t.leads : '', pod.frozen ? t.frozen : ''].filter(Boolean).join(', ');

interface PodsProps {
  readonly lab: Lab;
  readonly name: string;
  readonly pods: readonly ShownPod[];
  readonly groups: readonly PodGroup[];
  readonly ghosts?: NodePicture['ghosts'];
}

function Pods({ lab, name, pods, groups, ghosts = [] }: PodsProps) {
  if (pods.length + groups.length + ghosts.length === 0) return <p class="muted nopods">{lab.words.t.noPods}</p>;
  return (
    <ul class="pods" aria-label={name}>
      {pods.map((pod) => (
        <PodItem
          {...pod}
          key={pod.uid}
          lab={lab}
          marks={marksOf(pod, lab)}
          label={pod.ordinal === null ? '' : String(pod.ordinal)}
        >
          <code title={pod.name}>{pod.shortName}</code>
        </PodItem>
      ))}
      {groups.map((group) => (
        <PodItem
          key={group.key}
          lab={lab}
          uid={group.uid}
          state={group.state}
          round={group.round}
          word={group.word}
          label={String(group.count)}
        >
          <code>{group.name}</code>
        </PodItem>
      ))}
      {ghosts.map((ghost) => (
        <li key={ghost.key} class="ghost">
          <PodMark state="failed" round={false} label="!" />
          <span>
            <code>{shortNameOf(ghost.name)}</code>
            <span class="word failed">{ghost.leads ? `${lab.words.t.ghost}, ${lab.words.t.leads}` : lab.words.t.ghost}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

interface PodItemProps {
  readonly lab: Lab;
  readonly uid: string;
  readonly state: PodState;
  readonly round: boolean;
  readonly word: string;
  readonly label: string;
  readonly marks?: string;
  readonly children: ComponentChildren;
}

function PodItem({ lab, uid, state, round, word, label, marks = '', children }: PodItemProps) {
  return (
    <li>
      <button type="button" aria-pressed={isChosen(lab, uid)} onClick={() => lab.choose({ uid })}>
        <PodMark state={state} round={round} label={label} />
        <span>
          {children}
          <span class={`word ${state}`}>
            {word}
            {marks ? <b> {marks}</b> : null}
          </span>
        </span>
      </button>
    </li>
  );
}

/** The square or disc alone. */
export function PodMark({
  state,
  round,
  label,
}: {
  readonly state: PodState;
  readonly round: boolean;
  readonly label: string;
}) {
  return (
    <span class={`pod ${state}${round ? ' round' : ''}`} aria-hidden="true">
      {label}
    </span>
  );
}

function Lines({ lab }: { readonly lab: Lab }) {
  const { t } = lab.words;
  const { workloads, services, budgets, leases } = lab.cluster.value;
  if (workloads.length + services.length + budgets.length + leases.length === 0) {
    return lab.nowMs > 0 ? null : (
      <p class="muted svcs">{lab.scenario.steps.length > 0 ? t.emptyCluster : t.emptyPlayground}</p>
    );
  }
  return (
    <ul class="svcs">
      {workloads.map(({ key, uid, ref, wanted, ready, round, work }) => (
        <Line
          key={key}
          lab={lab}
          uid={uid}
          name={ref}
          mark={<span class={`ord sm${round ? ' round' : ''}`}>{work?.wanted ?? wanted}</span>}
        >
          {work ? (
            <span class={`word ${work.end === 'complete' ? 'ready' : work.end ? 'failed' : 'starting'}`}>
              {fill(work.end === 'failed' ? t.failedAt : t.doneOf, { done: work.done, wanted: work.wanted })}
            </span>
          ) : (
            <span class={`word ${ready >= wanted ? 'ready' : ready > 0 ? 'starting' : 'failed'}`}>
              {fill(t.readyOf, { ready, wanted })}
            </span>
          )}
        </Line>
      ))}
      {services.map(({ key, uid, ref, headless, ready }) => (
        <Line key={key} lab={lab} uid={uid} name={ref}>
          {headless ? <span>{t.headless} </span> : null}
          <span class={`word ${ready > 0 ? 'ready' : 'failed'}`}>{ready > 0 ? count(t.addresses, ready) : t.noAddress}</span>
        </Line>
      ))}
      {budgets.map(({ key, uid, ref, allowed }) => (
        <Line key={key} lab={lab} uid={uid} name={ref}>
          <span class={`word ${allowed > 0 ? 'ready' : 'starting'}`}>{fill(t.allowed, { allowed })}</span>
        </Line>
      ))}
      {leases.map(({ key, uid, ref, holder }) => (
        <Line key={key} lab={lab} uid={uid} name={ref}>
          <span class={`word ${holder ? 'ready' : 'starting'}`}>{holder ? fill(t.holder, { holder }) : t.noHolder}</span>
        </Line>
      ))}
    </ul>
  );
}

interface LineProps {
  readonly lab: Lab;
  readonly uid: string;
  readonly name: string;
  readonly mark?: ComponentChildren;
  readonly children: ComponentChildren;
}

function Line({ lab, uid, name, mark, children }: LineProps) {
  return (
    <li>
      <button type="button" class="name" aria-pressed={isChosen(lab, uid)} onClick={() => lab.choose({ uid })}>
        {mark}
        <code>{name}</code> {children}
      </button>
    </li>
  );
}
