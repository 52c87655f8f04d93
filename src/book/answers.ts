// The right choice of a prediction, found by running a fork of the scenario. Asked once for each prediction and build.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Card } from '../review/card.ts';
import { parseScenario } from '../scenario/parse.ts';
import { answerOf as runAnswerOf } from '../scenario/predict.ts';
import type { Book } from './book.ts';
import { type AnswerOf, cardsOf as cardsWith } from './cards.ts';

const known = new WeakMap<Book, Map<string, number>>();

/** @throws ScenarioError when none or several of the choices hold, with file, prediction and what held. */
export function answersOf(book: Book): AnswerOf {
  const answers = known.get(book) ?? new Map<string, number>();
  known.set(book, answers);
  return (scenario, prediction) => {
    const key = `${scenario} ${prediction}`;
    const found = answers.get(key);
    if (found !== undefined) return found;
    const file = `content/scenarios/${scenario}.yaml`;
    const { choice } = runAnswerOf(parseScenario(readFileSync(join(book.root, file), 'utf8'), file), prediction);
    answers.set(key, choice);
    return choice;
  };
}

/** The deck of the book, each prediction answered by the engine. */
export const deckOf = (book: Book): Card[] => cardsWith(book, answersOf(book));
