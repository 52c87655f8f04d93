// What every page runs, without a framework: at most 5 KB with everything it needs before a reader asks for more.
import { startCards } from './cards.ts';
import { startContents } from './contents.ts';
import { startCopy } from './copy.ts';
import { startDue } from './due.ts';
import { startHome } from './home.ts';
import { startLabs } from './labs.ts';
import { startLanguage } from './language.ts';
import { startOffline } from './offline.ts';
import { startReading } from './reading.ts';
import { startSearch } from './search.ts';
import { startTheme } from './theme.ts';

startTheme();
startLanguage();
startSearch();
startCards();
startContents();
startReading();
startCopy();
startLabs();
startDue();
startHome();
startOffline();
