// kubectl exec: one command in a container, without a terminal. Models kubectl/pkg/cmd/exec/exec.go.

import type { KubeObject, Pod } from '../../sim/types.ts';
import { podsBehind } from '../behind.ts';
import { boolFlag, textFlag } from '../common.ts';
import type { Verb } from '../context.ts';
import { flagOf, isOn, Refusal } from '../flags.ts';
import { infoOf, namespaceOf, pathOf, targetsOf } from '../resources.ts';
import { send } from '../send.ts';

export const exec: Verb = {
  use: '(POD | TYPE/NAME) [-c CONTAINER] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  examples: [
    'kubectl exec web-0 -- curl -s http://web',
    'kubectl exec db-0 -- sh -c "echo hello >> /data/log"',
    'kubectl exec db-0 -- cat /data/log',
  ],
  flags: {
    container: textFlag('The container', 'c'),
    stdin: boolFlag('Accepted; there is no input here', 'i'),
    tty: boolFlag('Accepted; there is no terminal here', 't'),
  },
  run: (args, ctx) => {
    const [name] = args.words;
    const command = args.rest ?? args.words.slice(1);
    if (name === undefined) throw new Refusal('error: pod, type/name or --filename must be specified');
    if (command.length === 0) throw new Refusal('error: you must specify at least one command for the container');
    if (isOn(args, 'tty') && /^(sh|bash|ash|zsh)$/.test(command[0] as string))
      throw new Refusal(
        'error: there is no terminal in this simulator. Give one command behind --, for example: kubectl exec ' +
          name +
          ' -- hostname',
      );
    const target = targetsOf([name.includes('/') ? name : `pod/${name}`], ctx)[0];
    if (!target?.name) throw new Refusal('error: pod, type/name or --filename must be specified');
    const namespace = namespaceOf(args);
    const object = ctx.api.get(target.info.resource, namespace, target.name) as KubeObject;
    const pod = object.kind === 'Pod' ? (object as Pod) : (podsBehind(object, target.info, 'attach to', ctx)[0] as Pod);
    const names = pod.spec.containers.map((container) => container.name);
    const container = flagOf(args, 'container') ?? (names[0] as string);
    if (!flagOf(args, 'container') && names.length > 1)
      ctx.err(`Defaulted container "${container}" out of: ${names.join(', ')}\n`);
    const path = pathOf(infoOf('pods', ctx), namespace, pod.metadata.name, 'exec');
    const result = send(ctx, { verb: 'create', path, body: { container, command } }) as KubeObject & {
      readonly out: string;
      readonly err: string;
      readonly exit: number;
    };
    ctx.out(result.out);
    ctx.err(result.err);
    if (result.exit !== 0) ctx.err(`command terminated with exit code ${result.exit}\n`);
    return result.exit;
  },
};
