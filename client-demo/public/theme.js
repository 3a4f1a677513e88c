// Before the first paint, so that nobody who chose dark is blinded. A file of its own: the policy forbids inline scripts.
try {
  const theme = localStorage.getItem('theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // Storage is blocked: the system's setting decides.
}
