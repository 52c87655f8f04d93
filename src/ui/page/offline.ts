// Keeps pages for reading without a network, from the first touch on: a visitor who only looks loads nothing more.

export function startOffline(): void {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  const register = (): void => {
    for (const type of ['pointerdown', 'keydown']) removeEventListener(type, register);
    navigator.serviceWorker
      .register('/sw.js')
      .then(() => navigator.serviceWorker.ready)
      .then(() => caches.open('ordinal-pages'))
      .then((cache) => cache.add(location.pathname))
      .catch(() => {
        // A private window or a full disk: pages work, only not without a network.
      });
  };
  for (const type of ['pointerdown', 'keydown']) addEventListener(type, register, { once: true, passive: true });
}
