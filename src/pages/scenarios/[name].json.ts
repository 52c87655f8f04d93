// Each scenario as JSON: what a lab loads instead of YAML. The playground is a scenario without steps.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIRoute } from 'astro';
import { parseScenario } from '../../scenario/parse.ts';

const folder = join(process.cwd(), 'content/scenarios');

export const getStaticPaths = () =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({ params: { name: file.replace(/\.yaml$/, '') } }));

export const GET: APIRoute = ({ params }) => {
  const path = `content/scenarios/${params['name']}.yaml`;
  return Response.json(parseScenario(readFileSync(join(process.cwd(), path), 'utf8'), path));
};
