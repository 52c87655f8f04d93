// Pages that were read before, and the core of the site, without a network. src/book/offline.ts puts version and files in when the site is
// built. A page comes from the network if it answers in time, so nobody reads yesterday's text while online.
const version = '__VERSION__';
const core = __FILES__;
const assets = `ordinal-assets-${version}`;
const pages = 'ordinal-pages';
const patienceMs = 3000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(assets)
      .then((cache) => cache.addAll(core))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const isOld = (name) => name.startsWith('ordinal-assets-') && name !== assets;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

async function fromNetwork(request, cacheName) {
  const response = await fetch(request);
  if (response.ok) (await caches.open(cacheName)).put(request, response.clone());
  return response;
}

const late = (ms) => new Promise((_, reject) => setTimeout(() => reject(new Error('the network is slow')), ms));
const kept = (request) => caches.match(request, { ignoreSearch: request.mode === 'navigate' });

/** The network if it answers in time, else what is kept; a page never seen gives the front page of its language. */
async function page(request) {
  const answer = fromNetwork(request, pages);
  try {
    return await Promise.race([answer, late(patienceMs)]);
  } catch {
    const known = await kept(request);
    if (known) return known;
    const lang = new URL(request.url).pathname.startsWith('/zh/') ? 'zh' : 'en';
    return answer.catch(async () => (await caches.match(`/${lang}/`)) ?? Response.error());
  }
}

/** Hashed files never change: kept first. */
const asset = async (request) => (await kept(request)) ?? fromNetwork(request, assets);

/** Data of the site: the network first, so that it fits the pages; else what is kept. */
const data = (request) => fromNetwork(request, pages).catch(async () => (await kept(request)) ?? Response.error());

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (url.pathname.startsWith('/_astro/')) event.respondWith(asset(request));
  else event.respondWith(data(request));
});
