// The blocks an author may write in a page, handed to MDX by the page: no file under content/ imports anything.
import Blank from './Blank.astro';
import Cloze from './Cloze.astro';
import Compare from './Compare.astro';
import Console from './Console.astro';
import Erratum from './Erratum.astro';
import Heading from './Heading.astro';
import Lab from './Lab.astro';
import Manifest from './Manifest.astro';
import Predict from './Predict.astro';
import Recall from './Recall.astro';
import Term from './Term.astro';

export const blocks = { h2: Heading, Blank, Cloze, Compare, Console, Erratum, Lab, Manifest, Predict, Recall, Term };
