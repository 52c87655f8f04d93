// How a changing command is meant: for real or as a dry run, in whose name as a field manager, and how its result is said.
// Models kubectl/pkg/cmd/util/helpers.go (GetDryRunStrategy) and cli-runtime/pkg/genericclioptions/print_flags.go.

import type { ResourceInfo } from '../sim/api/discovery.ts';
import { ApiError, noSuchResource } from '../sim/api/status.ts';
import type { KubeObject } from '../sim/types.ts';
import { DRY_RUN, OUTPUT, textFlag } from './common.ts';
import { type Context, objectName } from './context.ts';
import { type Args, type Flags, flagOf, Refusal } from './flags.ts';
import { outputForm, printObjects } from './output.ts';
import { pathOf } from './resources.ts';
import { send } from './send.ts';

export interface DryRun {
  readonly suffix: string;
  readonly query: Readonly<Record<string, string>>;
  /** Nothing is sent at all. */
  readonly client: boolean;
}

/** What --dry-run asks for. */
export function dryRunOf(args: Args): DryRun {
  const value = flagOf(args, 'dry-run') ?? 'none';
  if (value === 'client') return { suffix: ' (dry run)', query: {}, client: true };
  if (value === 'server') return { suffix: ' (server dry run)', query: { dryRun: 'All' }, client: false };
  if (value === 'none') return { suffix: '', query: {}, client: false };
  const values = '"none", "server", or "client".';
  if (value === 'unchanged')
    throw new Refusal(`error: --dry-run flag without a value was specified. A value must be set: ${values}`);
  throw new Refusal(`error: Invalid dry-run value (${value}). Must be ${values}`);
}

const STRICT = new Set(['strict', 'true', 't', 'T', 'TRUE', 'True', '1']);
const IGNORE = new Set(['ignore', 'false', 'f', 'F', 'FALSE', 'False', '0']);

/** What --validate asks of the server about unknown fields (GetValidationDirective). */
export function validationOf(args: Args): Readonly<Record<string, string>> {
  const value = flagOf(args, 'validate') ?? 'strict';
  if (STRICT.has(value)) return {};
  if (value === 'warn') return { fieldValidation: 'Warn' };
  if (IGNORE.has(value)) return { fieldValidation: 'Ignore' };
  throw new Refusal(
    `error: invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

/** The flag --validate of commands that send whole objects. */
export const VALIDATE: Flags = {
  validate: textFlag('What to do about unknown fields: strict (or true), warn, or ignore (or false)'),
};

/** Flags of a command whose result can be printed, or only tried. */
export const DEED: Flags = { ...OUTPUT, ...DRY_RUN, 'field-manager': textFlag('Who manages the fields that are written') };

export interface Deed extends DryRun {
  /** Says what was done, or prints the object with -o. */
  said(info: ResourceInfo, object: KubeObject, done: string): void;
}

/** Reads the flags of DEED; `manager` owns what is written unless --field-manager names another. */
export function deedOf(args: Args, ctx: Context, manager: string): Deed {
  const dry = dryRunOf(args);
  const form = outputForm(args);
  return {
    ...dry,
    query: { ...dry.query, ...validationOf(args), fieldManager: flagOf(args, 'field-manager') ?? manager },
    said(info, object, done) {
      if (form.form !== '') printObjects(form, args, [object], true, ctx);
      else ctx.out(`${objectName(info, object.metadata.name)} ${done}${dry.suffix}\n`);
    },
  };
}

/** Sets replicas through the scale subresource, in kubectl's name. */
export function sendScale(ctx: Context, info: ResourceInfo, { metadata }: KubeObject, replicas: number, deed: Deed): void {
  if (!info.subresources.includes('scale')) throw new ApiError(noSuchResource().status);
  send(ctx, {
    verb: 'update',
    path: pathOf(info, metadata.namespace ?? '', metadata.name, 'scale'),
    body: { spec: { replicas } },
    query: deed.query,
  });
}
