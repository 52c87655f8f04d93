// What only a run can show: a transcript is what its scenario prints, a manifest is taken (or refused, where the page says so), a prediction has
// one right choice, a goal can be reached.
import { type ConsoleEntry, consoleText } from '../scenario/console.ts';
import { outputDifference } from '../scenario/mask.ts';
import { ScenarioError } from '../scenario/scenario.ts';
import type { Book } from './book.ts';
import { consoleBlocksOf } from './derive.ts';
import { exchangesOf } from './exchange.ts';
import type { Block, ConsoleBlock } from './page.ts';
import type { Problem } from './problem.ts';
import { type Runs, runsOf } from './runs.ts';

const scenarioFile = (name: string): string => `content/scenarios/${name}.yaml`;

/** What the engine has against a scenario, as a problem of its file, or what `make` finds. */
function attempt(name: string, make: () => readonly Problem[]): readonly Problem[] {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const line = Number(/\.yaml:(\d+): /.exec(error.message)?.[1] ?? 0);
    const fact = error.message.replace(/^\S+\.yaml(:\d+)?: /, '').replace(/\.$/, '');
    return [{ file: scenarioFile(name), line, fact, mend: `See it with: npm run -s scenario -- ${scenarioFile(name)}` }];
  }
}

/** The blocks of one scenario on one page follow the order of its steps; each takes up where the one before ended. */
export function transcriptProblems(blocks: readonly ConsoleBlock[], entries: readonly ConsoleEntry[]): Problem[] {
  let at = 0;
  return blocks.flatMap((block) =>
    exchangesOf(block.code).flatMap(({ command, text, line }) => {
      const place = { file: block.file, line: block.line + 1 + line };
      const found = entries.findIndex((entry, index) => index >= at && entry.command === command);
      if (found < 0)
        return [
          {
            ...place,
            fact: `“${command}” is no further run step of ${block.scenario}`,
            mend: `Copy the command from ${scenarioFile(block.scenario)}, in its order.`,
          },
        ];
      at = found + 1;
      const difference = outputDifference(command, text, consoleText(entries[found]!));
      return difference.length === 0
        ? []
        : [
            {
              ...place,
              fact: `“${command}” prints something else in the run`,
              mend: `Paste what it prints:\n${difference.join('\n')}`,
            },
          ];
    }),
  );
}

function checkTranscripts(book: Book, runs: Runs): Problem[] {
  const blocks = consoleBlocksOf(book).filter(({ scenario }) => book.scenarios.has(scenario));
  const groups = Map.groupBy(blocks, (block) => `${block.file} ${block.scenario}`);
  return [...groups.values()].flatMap((blocks) => {
    const name = blocks[0]!.scenario;
    return attempt(name, () => transcriptProblems(blocks, runs.consoleOf(name)));
  });
}

/** A shown manifest is taken without a warning; one that is marked `refused` is refused. */
export function manifestProblems(file: string, block: Block, answer: ConsoleEntry): Problem[] {
  const { file: name = '', refused } = block.attributes;
  const at = { file, line: block.line };
  if (refused !== undefined)
    return answer.exit === 0
      ? [{ ...at, fact: `${name} is marked refused, but the API takes it`, mend: 'Take “refused” away, or break the file.' }]
      : [];
  return answer.exit === 0 && answer.err === ''
    ? []
    : [{ ...at, fact: `the API does not take ${name}: ${consoleText(answer)}`, mend: 'Mend the file, or mark it “refused”.' }];
}

function checkManifests(book: Book, runs: Runs): Problem[] {
  return book.concepts.flatMap(({ pages: { en } }) =>
    (en?.blocks ?? [])
      .filter(
        ({ name, attributes }) =>
          name === 'Manifest' && book.scenarios.get(attributes['scenario'] ?? '')?.files[attributes['file'] ?? ''],
      )
      .flatMap((block) => {
        const { scenario = '', file = '' } = block.attributes;
        return attempt(scenario, () => manifestProblems(en?.file ?? '', block, runs.applied(scenario, file)));
      }),
  );
}

function checkLabs(book: Book, runs: Runs): Problem[] {
  return [...book.scenarios].flatMap(([name, { lab }]) => [
    ...(lab?.predictions ?? []).flatMap(({ id }) =>
      attempt(name, () => {
        runs.answerOf(name, id);
        return [];
      }),
    ),
    ...attempt(name, () => {
      const fact = runs.goalProblem(name);
      return fact === undefined
        ? []
        : [{ file: scenarioFile(name), line: 0, fact, mend: 'Mend goal.check or goal.solutions.' }];
    }),
  ]);
}

/** Everything on the pages that a run contradicts. A scenario that cannot be read is one problem, and nothing of it is run. */
export function checkRuns(book: Book): Problem[] {
  const runs = runsOf(book);
  const unreadable = new Map(
    [...book.scenarios.keys()].flatMap((name) => {
      const problems = attempt(name, () => {
        runs.parsed(name);
        return [];
      });
      return problems.length > 0 ? [[name, problems] as const] : [];
    }),
  );
  const readable = { ...book, scenarios: new Map([...book.scenarios].filter(([name]) => !unreadable.has(name))) };
  return [
    ...[...unreadable.values()].flat(),
    ...checkTranscripts(readable, runs),
    ...checkManifests(readable, runs),
    ...checkLabs(readable, runs),
  ];
}
