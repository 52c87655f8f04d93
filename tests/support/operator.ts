// Kind Store, its operator and a Store, as manifests: the definition and the operator are the ones that the page on operators shows.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseScenario } from '../../src/scenario/parse.ts';

const file = 'content/scenarios/operator-moves-data.yaml';
const { files } = parseScenario(readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8'), file);

function fileOf(name: string): string {
  const text = files[name];
  if (text === undefined) throw new Error(`${file} has no file ${name}. Say here what it is called now.`);
  return text;
}

export const STORE_CRD = fileOf('store-kind.yaml');
export const OPERATOR = fileOf('operator.yaml');

export const store = (members: number) => `apiVersion: ordinal.example/v1
kind: Store
metadata: {name: carts}
spec: {members: ${members}, image: 'store:1'}
`;
