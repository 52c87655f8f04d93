// What a changing command is about: words, selectors, or the objects that its files name.

import type { Context } from './context.ts';
import { type Args, isSet, type Refusal } from './flags.ts';
import { manifestsOf } from './manifest.ts';
import { type Selection, selectionOf } from './resources.ts';

/** The selection of `-f` files together with that of the words. */
export function chosenObjects(
  args: Args,
  ctx: Context,
  failed: (error: Refusal) => void,
  words: readonly string[] = args.words,
): Selection {
  const selection = selectionOf(args, words, ctx);
  if (!isSet(args, 'filename')) return selection;
  const manifests = manifestsOf(args, ctx, failed);
  return { ...selection, targets: [...manifests.map(({ info, name }) => ({ info, name })), ...selection.targets] };
}
