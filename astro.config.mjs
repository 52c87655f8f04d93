import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import preact from '@astrojs/preact';
import sitemap from '@astrojs/sitemap';
import { defineConfig } from 'astro/config';
import { offline } from './src/book/offline.ts';
import { bookPlugin } from './src/book/plugin.ts';

// Nothing may be inlined as a script or a style: the policy of every page is `default-src 'none'` without `unsafe-inline`.
export default defineConfig({
  // Where the site will stand: canonical addresses, language twins and the sitemap are absolute. SITE=https://… npm run build
  site: process.env.SITE ?? 'http://localhost:4321',
  trailingSlash: 'always',
  prerenderConflictBehavior: 'error',
  compressHTML: true,
  devToolbar: { enabled: false },
  build: { format: 'directory', inlineStylesheets: 'never' },
  markdown: {
    syntaxHighlight: false,
    processor: satteri({ features: { headingAttributes: true, smartPunctuation: false }, hastPlugins: [bookPlugin] }),
  },
  integrations: [
    mdx(),
    preact(),
    offline(),
    sitemap({
      filter: (page) => !/\/(404|search)\/$/.test(page),
      i18n: { defaultLocale: 'en', locales: { en: 'en', zh: 'zh-Hans' } },
    }),
  ],
  vite: {
    build: {
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // A lab's engine is one chunk that is loaded when a lab is started.
      chunkSizeWarningLimit: 800,
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: 'page', test: /src\/ui\/page\/|preload-helper/ }] } },
        // Astro's own "use astro:…" directives are meant for Astro, which has read them by then.
        onLog: (level, log, pass) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && pass(level, log),
      },
    },
  },
});
