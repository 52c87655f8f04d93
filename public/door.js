// A reader who has chosen a language before goes straight in. `/?ask` shows the question again.
try {
  const lang = JSON.parse(localStorage.getItem('ordinal.lang') ?? 'null');
  if ((lang === 'en' || lang === 'zh') && location.search !== '?ask') location.replace(`/${lang}/`);
} catch {}
