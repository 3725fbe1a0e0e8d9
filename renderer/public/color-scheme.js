// Light or dark, before the first frame is drawn: as a person chose it on this computer, else as the system has it. Mantine, which comes later with
// everything else, keeps the choice under this name and sets the same attribute.
{
  const chosen = localStorage.getItem('mantine-color-scheme-value')
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light')
}
