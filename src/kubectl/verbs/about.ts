// Commands that tell about the server and its data: api-resources, events, top, version.
// Models kubectl/pkg/cmd/apiresources, events, top and version.

import { parseTime } from '../../base/time.ts';
import type { EventObject } from '../../sim/types.ts';
import { ALL_NAMESPACES, boolFlag, textFlag } from '../common.ts';
import type { Context, Outcome, Verb } from '../context.ts';
import { agoOf } from '../describe/lines.ts';
import { type Args, flagOf, isOn, listOf, Refusal } from '../flags.ts';
import { namespaceOf, targetsOf } from '../resources.ts';
import { alignRows } from '../tabs.ts';

export const apiResources: Verb = {
  use: '',
  short: 'Print the supported API resources on the server',
  examples: ['kubectl api-resources', 'kubectl api-resources --namespaced=false'],
  flags: {
    'no-headers': boolFlag('Leave out the header'),
    namespaced: boolFlag('Only those in namespaces, or (=false) those outside'),
    'api-group': textFlag('Only those of this group'),
  },
  run: (args, ctx) => {
    const group = flagOf(args, 'api-group');
    const namespaced = flagOf(args, 'namespaced');
    const rows = ctx.discovery
      .all()
      .filter(
        (info) =>
          (group === undefined || info.group === group) && (namespaced === undefined || String(info.namespaced) === namespaced),
      )
      .map((info) => [info.resource, info.shortNames.join(','), info.groupVersion, String(info.namespaced), info.kind]);
    ctx.out(alignRows(isOn(args, 'no-headers') ? rows : [['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'], ...rows]));
    return 0;
  },
};

export const apiVersions: Verb = {
  use: '',
  short: 'Print the supported API versions on the server, in the form of "group/version"',
  examples: ['kubectl api-versions'],
  flags: {},
  run: (_args, ctx) => {
    ctx.out(
      [...new Set(ctx.discovery.all().map((info) => info.groupVersion))]
        .sort()
        .map((version) => `${version}\n`)
        .join(''),
    );
    return 0;
  },
};

export const version: Verb = {
  use: '',
  short: 'Print the client and server version information',
  examples: ['kubectl version'],
  flags: {},
  run: (_args, ctx) => {
    ctx.out('Client Version: v1.36.3 (a simulation in this page)\nServer Version: v1.36.3 (a simulation in this page)\n');
    return 0;
  },
};

export const top: Verb = {
  use: '(pod | node)',
  short: 'Display resource (CPU/memory) usage; there is no metrics server here',
  examples: ['kubectl top pod'],
  flags: { ...ALL_NAMESPACES },
  run: () => {
    throw new Refusal('error: Metrics API not available');
  },
};

// ---- events ---------------------------------------------------------------------------------------------------------------------

function runEvents(args: Args, ctx: Context): Outcome {
  const namespace = namespaceOf(args);
  const subject = flagOf(args, 'for');
  const [target] = subject ? targetsOf([subject.includes('/') ? subject : `pod/${subject}`], ctx) : [];
  const types = flagOf(args, 'types') === undefined ? null : listOf(args, 'types').map((type) => type.toLowerCase());
  const events = (ctx.api.list('events', { namespace }) as readonly EventObject[])
    .filter((event) => !target || (event.involvedObject.kind === target.info.kind && event.involvedObject.name === target.name))
    .filter((event) => !types || types.includes(event.type.toLowerCase()))
    .sort((a, b) => parseTime(a.lastTimestamp) - parseTime(b.lastTimestamp));
  if (events.length === 0) {
    ctx.err(namespace ? `No events found in ${namespace} namespace.\n` : 'No events found.\n');
    return 0;
  }
  const rows = events.map((event) => {
    const last = agoOf(event.lastTimestamp, ctx);
    const seen = event.count > 1 ? `${last} (x${event.count} over ${agoOf(event.firstTimestamp, ctx)})` : last;
    const { kind, name } = event.involvedObject;
    return [
      ...(namespace ? [] : [event.metadata.namespace ?? '']),
      seen,
      event.type,
      event.reason,
      `${kind}/${name}`,
      event.message,
    ];
  });
  const header = [...(namespace ? [] : ['NAMESPACE']), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  ctx.out(alignRows(isOn(args, 'no-headers') ? rows : [header, ...rows]));
  return 0;
}

export const events: Verb = {
  use: '[--for TYPE/NAME]',
  short: 'List events, oldest first',
  examples: ['kubectl events', 'kubectl events --for pod/web-0', 'kubectl events --types=Warning'],
  flags: {
    ...ALL_NAMESPACES,
    for: textFlag('Only events about this object'),
    types: { type: 'list', help: 'Normal, Warning' },
    'no-headers': boolFlag('Leave out the header'),
  },
  run: runEvents,
};
