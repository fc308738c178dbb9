import { useEffect } from 'react'

/** The tab's title: what is on the page, then whose page it is. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = `${title} · Trivet`
  }, [title])
}

/** A page whose content needs no headline still has one to be read aloud. */
export function Title({ text }: { text: string }) {
  useTitle(text)
  return <h1 className="unseen">{text}</h1>
}
