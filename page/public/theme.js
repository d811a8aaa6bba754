// Before the first paint: the theme and the language the person chose, so that nothing flashes.
{
  const theme = localStorage.getItem('confrere-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  const language = localStorage.getItem('confrere-language') ?? navigator.language
  document.documentElement.lang = language.startsWith('fr') ? 'fr' : 'en'
}
