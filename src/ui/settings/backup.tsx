// The log as a file: export, import, and what the browser promises about keeping it.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { fileProblemWords, reviewWords, settingWords } from '../../i18n/review.ts';
import { count, fill, inLang } from '../../i18n/twins.ts';
import type { Lang } from '../../review/card.ts';
import type { FileProblem } from '../../review/file.ts';
import { Icon } from '../review/icon.tsx';
import { askToPersist, isPersisted } from '../storage/persist.ts';
import type { ReviewStore } from '../storage/store.ts';
import { download, exportedOf, type ReadFile, readFile } from './file.ts';

interface Props {
  readonly store: ReviewStore;
  readonly lang: Lang;
}

export function Backup({ store, lang }: Props): JSX.Element {
  const t = inLang(settingWords, lang);
  const [entries, setEntries] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const [damaged, setDamaged] = useState<ReadFile | null>(null);
  const recount = () => void store.log.readAll().then(({ events }) => setEntries(events.length));
  useEffect(recount, [store]);
  const exportLog = async () => {
    const file = await exportedOf((await store.log.readAll()).events, new Date());
    download(file);
    setSaid(fill(t.exported, { name: file.name }));
  };
  const merge = async (read: ReadFile) => {
    setDamaged(null);
    try {
      const added = await store.merge(read.events);
      setSaid(added === 0 ? t.nothingNew : count(t.imported, added));
    } catch (error) {
      setSaid(fill(inLang(reviewWords, lang).notSaved, { why: error instanceof Error ? error.name : String(error) }));
    }
    recount();
  };
  const importFile = async (file: File) => {
    setSaid('');
    const read = await readFile(file);
    if (read.problems.length === 0 && read.isWhole) await merge(read);
    else setDamaged(read);
  };
  return (
    <section class="box backup">
      <header>
        <h2 class="cap">{t.backup}</h2>
        <span class="end muted">{entries === null ? null : count(t.events, entries)}</span>
      </header>
      <div class="in">
        <Keeping lang={lang} isKept={store.log.isKept} />
        <div class="pairs">
          <p>
            <button type="button" class="btn" onClick={() => void exportLog()}>
              {t.export}
            </button>
            <small class="muted">{t.exportAbout}</small>
          </p>
          <p>
            <label class="btn">
              <input
                type="file"
                class="vh"
                accept=".gz,.jsonl,.txt"
                onChange={(event) => {
                  const [file] = event.currentTarget.files ?? [];
                  if (file !== undefined) void importFile(file);
                  event.currentTarget.value = '';
                }}
              />
              {t.import}
            </label>
            <small class="muted">{t.importAbout}</small>
          </p>
        </div>
        <p role="status">{said}</p>
        {damaged === null ? null : (
          <Damaged
            read={damaged}
            lang={lang}
            onTake={() => void merge(damaged)}
            onLeave={() => {
              setDamaged(null);
              setSaid(t.logUntouched);
            }}
          />
        )}
      </div>
    </section>
  );
}

function Keeping({ lang, isKept }: { readonly lang: Lang; readonly isKept: boolean }): JSX.Element | null {
  const t = inLang(settingWords, lang);
  const [state, setState] = useState<'asking' | 'safe' | 'loose' | 'refused'>('asking');
  useEffect(() => void isPersisted().then((safe) => setState(safe ? 'safe' : 'loose')), []);
  if (!isKept || state === 'asking') return null;
  if (state === 'safe') return <p>{t.kept}</p>;
  return (
    <div class="keep">
      <p>{t.keptLoosely}</p>
      {state === 'refused' ? (
        <p role="status">{t.protectRefused}</p>
      ) : (
        <button
          type="button"
          class="btn"
          onClick={() => void askToPersist().then((safe) => setState(safe ? 'safe' : 'refused'))}
        >
          {t.protect}
        </button>
      )}
    </div>
  );
}

interface DamagedProps {
  readonly read: ReadFile;
  readonly lang: Lang;
  readonly onTake: () => void;
  readonly onLeave: () => void;
}

/** What is wrong with the file, where, and what can still be taken from it. Nothing has been changed so far. */
function Damaged({ read, lang, onTake, onLeave }: DamagedProps): JSX.Element {
  const t = inLang(settingWords, lang);
  const { problems, events, isWhole } = read;
  const shown = problems.slice(0, 5);
  return (
    <div role="alert" class="note warn">
      <p>
        <Icon name="warn" /> {fill(count(t.problems, problems.length + (isWhole ? 0 : 1)), { file: read.name })}
      </p>
      <ul>
        {isWhole ? null : <li>{t.damagedFile}</li>}
        {shown.map((problem) => (
          <ProblemLine key={`${problem.line} ${problem.code}`} problem={problem} lang={lang} />
        ))}
      </ul>
      {problems.length > shown.length ? (
        <p class="muted">{fill(t.moreProblems, { n: problems.length - shown.length })}</p>
      ) : null}
      <p>{t.logUntouched}</p>
      <p class="src">
        {events.length === 0 ? null : (
          <button type="button" class="btn" onClick={onTake}>
            {count(t.importWhole, events.length)}
          </button>
        )}
        <button type="button" class="btn bare" onClick={onLeave}>
          {t.discard}
        </button>
      </p>
    </div>
  );
}

function ProblemLine({ problem, lang }: { readonly problem: FileProblem; readonly lang: Lang }): JSX.Element {
  const t = inLang(settingWords, lang);
  return (
    <li>
      <b>{fill(t.atLine, { line: problem.line })}</b> {inLang(fileProblemWords, lang)[problem.code]}
      {problem.found === '' ? null : <code>{problem.found}</code>}
    </li>
  );
}
