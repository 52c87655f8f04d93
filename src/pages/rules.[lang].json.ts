// The sentences of the engine's rules in one language: rule id → sentence, for *why*.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIRoute } from 'astro';
import { parse } from 'yaml';
import { isLang, langs } from '../i18n/locales.ts';

export const getStaticPaths = () => langs.map((lang) => ({ params: { lang } }));

type RuleFile = Readonly<Record<string, { readonly en?: string; readonly zh?: string }>>;

export const GET: APIRoute = ({ params }) => {
  const lang = isLang(params['lang']) ? params['lang'] : 'en';
  const rules = parse(readFileSync(join(process.cwd(), 'content/rules.yaml'), 'utf8')) as RuleFile;
  return Response.json(
    Object.fromEntries(Object.entries(rules).flatMap(([id, rule]) => (rule[lang] ? [[id, rule[lang]]] : []))),
  );
};
