/** Copies a text; false where the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  // Over plain http from another machine there is no clipboard API; the old way still works there.
  if (!navigator.clipboard) return copyBySelection(text)
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}

function copyBySelection(text: string): boolean {
  const area = document.body.appendChild(document.createElement('textarea'))
  area.value = text
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
