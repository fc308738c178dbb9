// Runs before the first paint, and before the pages' own script is here.
;(() => {
  // A chosen theme never flashes the other one.
  const chosen = localStorage.getItem('trivet.theme')
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen

  // One per tab: investigations are told apart by it.
  const made = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0'))
  const session = sessionStorage.getItem('trivet.session') ?? made().join('')
  sessionStorage.setItem('trivet.session', session)

  // A large trace takes the server as long as the script takes to begin: `ask.ts` finds the answer here.
  const trace = /^\/traces\/([0-9a-f]{32})$/.exec(location.pathname)
  if (!trace) return
  const path = `/api/traces/${trace[1]}/shape?facts=false`
  const answer = fetch(path, { headers: { Accept: 'application/json', 'Trivet-Session': session } })
  // Whoever takes the answer hears of its failure.
  answer.catch(() => {})
  window.trivetAsked = { path, answer }
})()
