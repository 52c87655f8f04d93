// What kubectl prints for an error. Models kubectl/pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage, MultilineError).

import { ApiError, type Status } from '../sim/api/status.ts';
import type { Context } from './context.ts';
import { Refusal } from './flags.ts';

/** Adds what was being done with which file to a server's refusal (AddSourceToErr). */
export function withSource(error: unknown, doing: string, file: string): unknown {
  const prefix = `error when ${doing} "${file}": `;
  if (error instanceof ApiError) return new ApiError({ ...error.status, message: prefix + (error.status.message ?? '') });
  if (error instanceof Refusal) return new Refusal(`error: ${prefix}${error.message.replace(/^error: /, '')}`);
  return error;
}

function invalidText(status: Status): string {
  const { kind = '', name = '', causes = [] } = status.details ?? {};
  const head = kind || name ? `The ${kind} "${name}" is invalid` : 'The request is invalid';
  const lines = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  if (lines.length === 0) return kind || name ? head : `${head}: ${status.message}`;
  return lines.length === 1 ? `${head}: ${lines[0]}` : `${head}: \n${lines.map((line) => `* ${line}`).join('\n')}`;
}

const serverText = (status: Status) => `Error from server${status.reason ? ` (${status.reason})` : ''}: ${status.message}`;

/** The text of one error when it stands alone. */
export function errorText(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof ApiError)
    return error.status.reason === 'Invalid' ? invalidText(error.status) : serverText(error.status);
  throw error;
}

const amongOthers = (error: unknown) =>
  error instanceof ApiError ? serverText(error.status) : errorText(error).replace(/^error: /, '');

/** Prints what went wrong, alone or as a list (MultipleErrors); the exit code. */
export function report(errors: readonly unknown[], ctx: Pick<Context, 'err'>): number {
  if (errors.length === 0) return 0;
  if (errors.length === 1) ctx.err(`${errorText(errors[0])}\n`);
  else for (const error of errors) ctx.err(`${amongOthers(error)}\n`);
  const [first] = errors;
  return first instanceof Refusal ? first.exit : 1;
}
