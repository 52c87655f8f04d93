// Runs before the first paint, so that a chosen theme never flashes. The choice is made in src/ui/page/theme.ts.
try {
  const theme = localStorage.getItem('ordinal.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
